import pytest

from untoit.config.first_account import create_administrator
from untoit.core.errors import UnusableInput
from untoit.records.partners.models import Membership, Role, User

pytestmark = pytest.mark.django_db
PASSWORD = "une phrase de passe assez longue"


def test_the_first_account_is_a_technical_administrator_of_the_platform():
    user = create_administrator(email="Admin@Essai.invalid", full_name="Admin", password=PASSWORD)

    membership = Membership.objects.get()
    assert (membership.user, membership.role, membership.is_org_admin) == (user, Role.ADM, True)
    assert user.email == "admin@essai.invalid"
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(("email", "password"), [
    ("pas une adresse", PASSWORD), ("admin@essai.invalid", ""), ("deja@essai.invalid", PASSWORD),
])
def test_what_cannot_be_an_account_is_refused_and_nothing_is_made(email, password):
    User.objects.create_user("deja@essai.invalid")

    with pytest.raises(UnusableInput):
        create_administrator(email=email, full_name="", password=password)

    assert User.objects.count() == 1
    assert Membership.objects.count() == 0

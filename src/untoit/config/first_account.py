"""The first account of a platform that has none: nobody can invite it."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from untoit.core.errors import UnusableInput
from untoit.records.partners.journal import note_act
from untoit.records.partners.models import Membership, Organisation, OrganisationKind, Role, User


@transaction.atomic
def create_administrator(*, email: str, full_name: str, password: str) -> User:
    """Create a technical administrator of the platform; refuse an address that is taken or a password that is weak."""
    address = email.strip().lower()
    user = User(email=address, full_name=full_name)
    try:
        validate_email(address)
        validate_password(password, user)
    except ValidationError as refusal:
        raise UnusableInput(" ".join(refusal.messages)) from refusal
    if not password:
        raise UnusableInput("Le mot de passe est vide.")
    if User.objects.filter(email__iexact=address).exists():
        raise UnusableInput(f"Un compte existe déjà pour {address}.")
    user.set_password(password)
    user.save()
    platform, _made = Organisation.objects.get_or_create(
        kind=OrganisationKind.PLATFORM, defaults={"name": "Plateforme"}
    )
    Membership.objects.create(user=user, organisation=platform, role=Role.ADM, is_org_admin=True)
    note_act(None, "account.created", "user", user.pk, at=timezone.now(), by="command_line")
    return user

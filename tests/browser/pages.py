"""
The pages that the sweep opens: who looks at which URL.

Add a line for each page that is read; ``kwargs`` takes the scene and returns the arguments of the URL. A name that does
not resolve is skipped while ``STRICT`` is false.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.factories.records import Scheme, linked_household, offer, person, scheme, vacancy

from untoit.records.applicants.models import Household
from untoit.records.jobs.models import Offer
from untoit.records.partners.models import User
from untoit.records.stock.models import Vacancy

STRICT = False


@dataclass
class Scene:
    """What the pages show: a few rows of everything, seen by each role."""

    scheme: Scheme
    household: Household
    vacancy: Vacancy
    offer: Offer
    candidate: User

    def user(self, role: str) -> User:
        """Return who looks."""
        return self.candidate if role == "CAND" else self.scheme.user(role)


def make_scene() -> Scene:
    """Fill the database."""
    made = scheme()
    households = [linked_household(made, current_commune="59350") for _ in range(7)]
    homes = [vacancy(made.organisations["landlord"]) for _ in range(7)]
    offers = [offer(made.organisations["employer"], is_public=index % 2 == 0) for index in range(7)]
    candidate = User.objects.create_user("candidat@essai.invalid", full_name="Camille Essai")
    seeker = households[0].persons.first() or person(households[0])
    seeker.account = candidate
    seeker.save()
    return Scene(made, households[0], homes[0], offers[0], candidate)


def _nothing(_: Scene) -> dict[str, object]:
    return {}


@dataclass(frozen=True)
class Page:
    """One page: a URL name, who opens it (``None``: everybody), the arguments and the query string."""

    name: str
    role: str | None = None
    kwargs: Callable[[Scene], dict[str, object]] = _nothing
    query: str = ""


def _home(scene: Scene) -> dict[str, object]:
    return {"vacancy_id": scene.vacancy.pk}


def _offer(scene: Scene) -> dict[str, object]:
    return {"offer_id": scene.offer.pk}


def _household(scene: Scene) -> dict[str, object]:
    return {"household_id": scene.household.pk}


PAGES = (
    Page("public:home"), Page("public:legal"), Page("public:accessibility"), Page("public:offers"),
    Page("public:offers", query="?q=zzz"), Page("account_login"), Page("account_request_login_code"),
    Page("desk:morning", "LM"), Page("desk:morning", "DEP"), Page("desk:morning", "EMPL"),
    Page("desk:search", "LM", query="?q=essai"), Page("desk:changes", "LM"), Page("desk:notifications", "LM"),
    Page("adviser:candidates", "LM"), Page("adviser:candidates", "EMPP"), Page("adviser:candidates", "PART"),
    Page("adviser:candidate", "LA", _household), Page("adviser:candidate", "DEP", _household),
    Page("adviser:candidate", "EMPP", _household),
    Page("adviser:offers", "EMPP"), Page("adviser:offer", "LA", _offer), Page("adviser:tandems", "LM"),
    Page("landlord:homes", "LM"), Page("landlord:homes", "EMPP"), Page("landlord:home", "LA", _home),
    Page("landlord:new_home", "LA"), Page("landlord:edit_home", "LA", _home), Page("landlord:buildings", "LM"),
    Page("landlord:runs", "LM"), Page("landlord:new_run", "LM"), Page("landlord:feeds", "LM"),
    Page("landlord:policies", "LM"),
    Page("employer:offers", "EMPL"), Page("employer:new_offer", "EMPL"), Page("employer:offer", "EMPL", _offer),
    Page("employer:edit_offer", "EMPL", _offer),
    Page("candidate:home", "CAND"), Page("candidate:readings", "CAND"), Page("candidate:contact", "CAND"),
    Page("steering:overview", "FUND"), Page("steering:overview", "LM"),
    Page("imports:list", "LM"), Page("imports:new", "LM"), Page("imports:new", "EMPL"),
    Page("organisation:members", "LM"), Page("organisation:invitations", "LM"), Page("organisation:tokens", "LM"),
    Page("organisation:account", "LM"), Page("organisation:account", "CAND"), Page("organisation:reads", "LM"),
    Page("platform:overview", "ADM"), Page("platform:overview", "DPO"), Page("platform:journal", "ADM"),
    Page("platform:reads", "DPO"), Page("platform:consents", "DPO"), Page("platform:rights_requests", "DPO"),
    Page("platform:glass", "ADM"), Page("mfa_index", "LM"),
)

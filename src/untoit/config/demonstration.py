"""The demonstration: an organisation of each kind and a member a role, all fictitious and saying so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from untoit.config import demonstration_data
from untoit.core.budget import BudgetWorker
from untoit.records.applicants.models import Person
from untoit.records.followup.cases import nightly
from untoit.records.partners.models import Membership, Organisation, OrganisationKind, Role, User


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account of the demonstration: who, in which organisation, with which role."""

    key: str
    name: str
    organisation: str
    kind: OrganisationKind
    role: Role
    is_org_admin: bool = False

    @property
    def email(self) -> str:
        """Return an address that cannot exist (RFC 2606)."""
        return f"{self.key}@demonstration.invalid"


LANDLORD, DEPARTMENT = "3F Notre Logis (démonstration)", "Département (démonstration)"
EMPLOYMENT = "Maison de l'emploi Démo"
ACCOUNTS = (
    DemoAccount("cheffe-de-projet", "Dominique Démo", LANDLORD, OrganisationKind.LANDLORD, Role.LM, True),
    DemoAccount("adjoint-de-projet", "Ange Démo", LANDLORD, OrganisationKind.LANDLORD, Role.LM),
    DemoAccount("conseiller", "Camille Démo", LANDLORD, OrganisationKind.LANDLORD, Role.LA),
    DemoAccount("referente", "Claude Démo", DEPARTMENT, OrganisationKind.DEPARTMENT, Role.DEP),
    DemoAccount("cheffe-de-service", "Noa Démo", DEPARTMENT, OrganisationKind.DEPARTMENT, Role.DEP, True),
    DemoAccount("coach", "Alix Démo", EMPLOYMENT, OrganisationKind.EMPLOYMENT_PARTNER, Role.EMPP),
    DemoAccount("responsable-emploi", "Lou Démo", EMPLOYMENT, OrganisationKind.EMPLOYMENT_PARTNER, Role.EMPP, True),
    DemoAccount(
        "employeur", "Sacha Démo", "Messagerie des Weppes (fictif)", OrganisationKind.EMPLOYER, Role.EMPL, True
    ),
    DemoAccount(
        "partenaire", "Maxime Démo", "Logis de la Lys (fictif)", OrganisationKind.PARTNER_LANDLORD, Role.PART, True
    ),
    DemoAccount("financeur", "Morgan Démo", "Financeur Démo", OrganisationKind.FUNDER, Role.FUND, True),
    DemoAccount("technique", "Charlie Démo", "Plateforme Démo", OrganisationKind.PLATFORM, Role.ADM, True),
    DemoAccount("donnees", "Eden Démo", "Plateforme Démo", OrganisationKind.PLATFORM, Role.DPO),
)


def load_when_empty(
    *, folder: Path, say: Callable[[str], None], worker: BudgetWorker | None = None,
    almost: Callable[[], None] = lambda: None,
) -> bool:
    """
    Load the demonstration when nobody has an account yet; return whether it did.

    ``worker`` simulates the budgets, when one is started already; ``almost`` is called before the run is computed.
    """
    if User.objects.exists():
        if not _was_interrupted():
            return False
        say("Le chargement précédent a été interrompu : il est repris du début.")
        call_command("flush", interactive=False, verbosity=0)
    say("Chargement de la démonstration (personnes fictives)…")
    load(folder=folder, at=timezone.now(), say=say, worker=worker, almost=almost)
    return True


def load(
    *, folder: Path, at: datetime, say: Callable[[str], None], worker: BudgetWorker | None = None,
    almost: Callable[[], None] = lambda: None,
) -> None:
    """Create the accounts, then the cases; the accounts have no password: one enters by a click, in demo mode only."""
    create_accounts()
    with worker or BudgetWorker() as simulation:
        demonstration_data.fill(folder, at=at, say=say, worker=simulation, almost=almost)
    # The worklist is there before the first night.
    nightly.refresh_all(at=at)


@transaction.atomic
def create_accounts() -> None:
    """Create the organisations and one member a role."""
    for account in ACCOUNTS:
        organisation, _made = Organisation.objects.get_or_create(
            name=account.organisation, defaults={"kind": account.kind}
        )
        user = User.objects.create_user(account.email, full_name=account.name, is_demo=True)
        Membership.objects.create(
            user=user, organisation=organisation, role=account.role, is_org_admin=account.is_org_admin
        )


def _was_interrupted() -> bool:
    """Whether there is nothing here but a demonstration that was never finished."""
    return not User.objects.filter(is_demo=False).exists() and not Person.objects.filter(account__isnull=False).exists()


def welcome() -> Iterator[str]:
    """Give the lines that say which accounts there are."""
    if not settings.DEMO:
        return
    yield "\nDémonstration : tout est fictif. Sur la page d'accueil, un clic suffit pour entrer avec chaque compte :"
    for account in ACCOUNTS:
        yield f"  {account.role.label:<38} {account.organisation:<30} {account.email}"

"""
The demonstration's cases: the fictitious territory, taken in through the very services that the screens use.

Files are imported, files are shared, a run is computed, reviewed and released, and a second one waits for review.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.utils import timezone

from untoit.config import demonstration_events
from untoit.config.ahead import prepare_network
from untoit.core.budget import BudgetWorker
from untoit.core.demo.identities import identity
from untoit.core.demo.territory import Table, territory
from untoit.records.applicants import sharing
from untoit.records.applicants.models import Household, Link, Person, Purpose
from untoit.records.intake import processing
from untoit.records.intake import services as intake
from untoit.records.intake.models import BatchState
from untoit.records.pairings import computing, releases, reviews, timetables
from untoit.records.pairings import services as pairings
from untoit.records.pairings.models import Feed, Policy, Run, RunState
from untoit.records.pairings.perimeter import Perimeter
from untoit.records.pairings.policies import save_policy, usual_policy
from untoit.records.partners.models import Membership, User
from untoit.records.partners.rights import Actor
from untoit.records.partners.selectors import actor_of

Say = Callable[[str], None]
HOUSEHOLDS, DWELLINGS, OFFERS, SEED = 60, 40, 50, 1
IDENTITY_COLUMNS = ("prenom", "nom", "naissance", "telephone", "courriel")
NETWORK_NAME = "Réseau de démonstration (approché)"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the demonstration, by the key of the account."""

    manager: Actor
    adviser: Actor
    head_of_service: Actor
    case_manager: Membership
    head_of_employment: Actor
    coach: Membership
    employer: Actor
    at: datetime


def cast(at: datetime) -> Cast:
    """Return the accounts of the demonstration as actors."""
    members = {one.user.email.partition("@")[0]: one for one in Membership.objects.select_related("user").filter(
        user__is_demo=True
    )}

    def acting(key: str) -> Actor:
        return actor_of(members[key].user, at=at, membership_id=members[key].pk)

    return Cast(
        manager=acting("cheffe-de-projet"), adviser=acting("conseiller"), head_of_service=acting("cheffe-de-service"),
        case_manager=members["referente"], head_of_employment=acting("responsable-emploi"), coach=members["coach"],
        employer=acting("employeur"), at=at,
    )


def fill(folder: Path, *, at: datetime, say: Say, worker: BudgetWorker, almost: Callable[[], None]) -> None:
    """Load the whole demonstration; the accounts must be there. ``almost`` is called before the run is computed."""
    who, on = cast(at), timezone.localdate(at)
    # The simulation takes seconds to load: it does so while the files are imported.
    worker.start(on)
    tables = {table.name: table for table in territory(
        households=HOUSEHOLDS, dwellings=DWELLINGS, offers=OFFERS, seed=SEED, on=on
    )}
    say("  fichiers des partenaires : import…")
    import_files(tables, who, on)
    share_files(who)
    say("  horaires et calcul des tandems…")
    almost()
    feed = add_network(folder, who)
    run = compute(who, on, feed, usual_policy(by=who.manager, at=at), worker)
    release(run, who)
    say("  événement à venir…")
    demonstration_events.add_events(who, run)
    ask_for_another(who, on, feed)
    open_candidate_account(run)  # last: it is the sign that the demonstration is whole


def import_files(tables: dict[str, Table], who: Cast, on: date) -> None:
    """Import each file by the partner who has it: homes and people by the landlord, offers by those who know them."""
    ages = {row["numero_unique"]: str(row["ages_adultes"]).split("|") for row in tables["menages.csv"].rows}
    take_in("logements.csv", tables["logements.csv"].columns, tables["logements.csv"].rows, who.manager, who.at)
    take_in("menages.csv", tables["menages.csv"].columns, tables["menages.csv"].rows, who.manager, who.at)
    persons = []
    for number, row in enumerate(tables["personnes.csv"].rows, start=1):
        adults = ages[row["numero_unique"]]
        who_is = identity(number, int(adults[min(int(str(row["personne"])), len(adults)) - 1]), on, SEED)
        persons.append({
            **row, "prenom": who_is.first_name, "nom": who_is.last_name, "naissance": who_is.birth_date,
            "telephone": who_is.phone, "courriel": who_is.email,
        })
    columns = (*tables["personnes.csv"].columns, *IDENTITY_COLUMNS)
    take_in("personnes.csv", columns, persons, who.manager, who.at)
    own = [row for row in tables["offres.csv"].rows if row["employeur"] == who.employer.organisation_name]
    rest = [row for row in tables["offres.csv"].rows if row["employeur"] != who.employer.organisation_name]
    take_in("nos-offres.csv", tables["offres.csv"].columns, own, who.employer, who.at)
    take_in("offres.csv", tables["offres.csv"].columns, rest, who.head_of_employment, who.at)
    Household.objects.update(is_fictitious=True)


def take_in(name: str, columns: Iterable[str], rows: Iterable[Mapping[str, object]], by: Actor, at: datetime) -> None:
    """Import one table as a person would: hand over, read, confirm."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), delimiter=";", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    batch = intake.receive(file_name=name, content=text.getvalue().encode(), by=by, at=at)
    processing.read_batch(batch.pk)
    batch.refresh_from_db()
    if batch.state != BatchState.READY:
        raise RuntimeError(f"{name}: {batch.state} {batch.sentence}")
    intake.confirm(batch_id=batch.pk, revision=batch.revision, by=by, at=at)
    processing.apply_batch(batch.pk)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)


def share_files(who: Cast) -> None:
    """Share each file with the Département and, for those who agreed, with the employment partner; then assign it."""
    department, employment = who.case_manager.organisation_id, who.coach.organisation_id
    for number, household in enumerate(Household.objects.visible_to(who.adviser).order_by("application_number")):
        link = sharing.open_link(
            household_id=household.pk, organisation_id=department, purpose=Purpose.EMPLOYMENT, by=who.adviser, at=who.at
        )
        if number % 3:
            _assign(link, who.case_manager, who.head_of_service, who.at)
        if household.consented_on is None:
            continue
        sharing.record_consent(
            household_id=household.pk, purpose=Purpose.EMPLOYMENT, given_on=household.consented_on, how="signed",
            by=who.adviser, at=who.at,
        )
        link = sharing.open_link(
            household_id=household.pk, organisation_id=employment, purpose=Purpose.EMPLOYMENT, by=who.adviser, at=who.at
        )
        if number % 2:
            _assign(link, who.coach, who.head_of_employment, who.at)


def _assign(link: Link, member: Membership, by: Actor, at: datetime) -> None:
    sharing.assign(link_id=link.pk, membership_id=member.pk, by=by, at=at)


def add_network(folder: Path, who: Cast) -> Feed:
    """Hand over the demonstration's network as a timetable; it may have been prepared ahead."""
    path = prepare_network(folder)
    return timetables.add_feed(name=NETWORK_NAME, content=[path.read_bytes()], by=who.manager, at=who.at)


def compute(who: Cast, on: date, feed: Feed, policy: Policy, worker: BudgetWorker) -> Run:
    """Create a run on everything and compute it here and now."""
    run = pairings.create_run(
        title="Commission de la semaine", on=on, mode="plan", perimeter=Perimeter(), policy=policy, feeds=[feed],
        by=who.manager, at=who.at,
    )
    computing.compute(run.pk, worker)
    run.refresh_from_db()
    if run.state != RunState.COMPUTED:
        raise RuntimeError(f"demonstration run: {run.state} {run.failure}")
    return run


def release(run: Run, who: Cast) -> None:
    """Accept every tandem but the last two, set aside with a reason, and release the run."""
    tandems = list(run.tandems.order_by("rank"))
    for tandem in tandems[:-2]:
        reviews.review_tandem(
            tandem_id=tandem.pk, action="accept", revision=tandem.revision, by=who.manager, at=who.at
        )
    for tandem in tandems[-2:]:
        reviews.review_tandem(
            tandem_id=tandem.pk, action="set_aside", revision=tandem.revision, by=who.manager, at=who.at,
            reason_code="commute",
        )
    run.refresh_from_db()
    run = releases.finish_review(run_id=run.pk, revision=run.revision, by=who.manager, at=who.at)
    releases.release_run(run_id=run.pk, revision=run.revision, by=who.manager, at=who.at)


def open_candidate_account(run: Run) -> None:
    """Give the person of the best tandem an account, to see her or his own space."""
    tandem = run.tandems.order_by("rank").first()
    assert tandem is not None
    person = Person.objects.filter(household_id=tandem.household_id).order_by("number")[0]
    person.account = User.objects.create_user(person.email, full_name=person.first_name, is_demo=True)
    person.save(update_fields=["account"])


def ask_for_another(who: Cast, on: date, feed: Feed) -> None:
    """Ask for a second run with another quota, to be reviewed: the worker computes it meanwhile."""
    policy = save_policy(
        name="Essai à 40 %", priority_per_mille=400, values={},
        note="Ce que donnerait un engagement plus haut, demandé par le comité de pilotage.", by=who.manager, at=who.at,
    )
    pairings.create_run(
        title="Essai à 40 % de publics prioritaires", on=on, mode="plan", perimeter=Perimeter(), policy=policy,
        feeds=[feed], by=who.manager, at=who.at,
    )

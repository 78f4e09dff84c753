"""What outcomes teach: nothing under the minimum, adopted by the project lead alone, taken back to what was before."""

from datetime import date
from decimal import Decimal

import pytest
from tests.factories.figures import TODAY, lease
from tests.factories.records import household, scheme, vacancy

from untoit.core.errors import Conflict, Refused
from untoit.records.followup.learning import adoption
from untoit.records.followup.learning.outcomes import hold_outcomes, home_outcomes, job_outcomes
from untoit.records.followup.models import AssumptionSet, Proposal
from untoit.records.pairings.policies import save_policy, usual_policy

URL = "/apprentissage/"
BASE = "policy/success.home.base"


def outcomes(made, signed, refused):
    """Create so many signed leases and refusals in the first wish, all features known."""
    features = {"features": {"wish_rank": 0, "effort_above_policy": False}}
    home, who = vacancy(made.organisations["landlord"]), household()
    Proposal.objects.bulk_create([
        Proposal(
            household=who, vacancy=home, organisation=made.organisations["landlord"], snapshot=features, since=TODAY,
            opened_on=date(2026, 1, 5), decided_on=date(2026, 2, 2), notified_on=date(2026, 2, 3),
            answer_due_on=date(2026, 2, 13), signed_on=date(2026, 2, 20) if number < signed else None,
            ended_on=date(2026, 6, 1) if number < signed else None,
            state="tenancy_ended" if number < signed else "refused", reasons=["TOO_SMALL"],
        )
        for number in range(signed + refused)
    ])


@pytest.fixture
def made(db):
    return scheme()


@pytest.fixture
def taught(made):
    outcomes(made, 130, 120)
    return made


def value(made, path=BASE):
    lead = made.actor("LM")
    return usual_policy(by=lead, at=lead.at).settings.get(path)


def adopt(made, paths=(BASE,), name="LM", seen=None):
    by = made.actor(name)
    return adoption.adopt(
        paths=paths, seen=seen or adoption.learnt_by(by).fingerprint, note="Comité", by=by, at=by.at
    )


@pytest.mark.parametrize(("name", "status"), [
    ("LM", 200), ("LA", 200), ("DPO", 200), ("PART", 404), ("DEP", 404), ("EMPP", 404), ("EMPL", 404), ("FUND", 404),
])
def test_who_reads_the_page(client, taught, name, status):
    client.force_login(taught.user(name))

    assert client.get(URL).status_code == status


def test_too_few_outcomes_propose_nothing(client, made):
    outcomes(made, 20, 10)
    client.force_login(made.user("LM"))

    html = client.get(URL).content.decode()

    assert "Les hypothèses actuelles restent" in html and "checkbox" not in html
    with pytest.raises(Refused):
        adopt(made)


def test_only_what_a_household_answered_teaches_and_only_with_every_feature(made):
    lease(made, snapshot={"features": {"wish_rank": None, "effort_above_policy": True}})
    lease(made, snapshot={"features": {"wish_rank": 1}})
    lease(made, state="not_allocated", signed_on=None, keys_on=None,
          snapshot={"features": {"wish_rank": 0, "effort_above_policy": True}})
    landlord = made.organisations["landlord"].pk

    (found,) = home_outcomes(landlord)

    assert (found.wish_rank, found.effort_above_policy, found.signed) == (None, True, True)
    assert job_outcomes(landlord) == () == hold_outcomes(landlord, TODAY)
    assert home_outcomes(made.organisations["landlord_other"].pk) == ()


def test_the_lead_adopts_and_the_next_runs_take_it(client, taught):
    client.force_login(taught.user("LM"))
    seen = adoption.learnt_by(taught.actor("LM")).fingerprint

    client.post(f"{URL}adopter/", {"path": [BASE], "seen": seen, "note": "Décision du comité"})

    found = AssumptionSet.objects.get()
    assert (found.policy.version, found.note, found.rows[0]["before"]) == (2, "Décision du comité", "0.85")
    assert Decimal(value(taught)) == Decimal(found.rows[0]["proposed"]) < Decimal("0.75")
    assert "hypothèses adoptées d’après les issues" in client.get(URL).content.decode()


@pytest.mark.parametrize("name", ["LA", "DPO", "PART"])
def test_nobody_else_adopts(client, taught, name):
    client.force_login(taught.user(name))

    assert client.post(f"{URL}adopter/", {"path": [BASE], "seen": "x"}).status_code == 404
    assert not AssumptionSet.objects.exists()


def test_values_that_changed_since_they_were_read_are_not_adopted(taught):
    seen = adoption.learnt_by(taught.actor("LM")).fingerprint
    outcomes(taught, 60, 0)

    with pytest.raises(Conflict):
        adopt(taught, seen=seen)


def test_taking_back_restores_what_was_there_before(client, taught):
    lead = taught.actor("LM")
    usual = usual_policy(by=lead, at=lead.at)
    save_policy(
        name=usual.name, priority_per_mille=300, values={BASE: "0.8"}, note="", by=lead, at=lead.at, after_version=1
    )
    made = adopt(taught)
    client.force_login(taught.user("LM"))

    client.post(f"{URL}{made.pk}/retirer/")

    made.refresh_from_db()
    assert made.withdrawn_at is not None
    assert value(taught) == "0.8"
    assert client.post(f"{URL}{made.pk}/retirer/").status_code == 409


def test_a_value_set_by_hand_since_stays(taught):
    made, lead = adopt(taught), taught.actor("LM")
    now = usual_policy(by=lead, at=lead.at)
    save_policy(
        name=now.name, priority_per_mille=now.priority_per_mille, values={BASE: "0.66"}, note="", by=lead, at=lead.at,
        after_version=now.version,
    )

    adoption.withdraw(set_id=made.pk, by=lead, at=lead.at)

    assert value(taught) == "0.66"


def test_adopting_again_takes_the_place_of_the_set_before(taught):
    first = adopt(taught)
    second = adopt(taught, paths=(BASE, "policy/success.home.per_wish_rank"))

    first.refresh_from_db()
    assert first.withdrawn_at is not None and second.withdrawn_at is None
    assert AssumptionSet.objects.filter(withdrawn_at=None).count() == 1


def test_who_checks_data_protection_reads_what_landlords_adopted(client, taught):
    adopt(taught)
    client.force_login(taught.user("DPO"))

    html = client.get(URL).content.decode()

    assert "Bailleur d&#x27;essai" in html and "en vigueur" in html
    assert "aucune valeur apprise n’est adoptée" not in html and "checkbox" not in html

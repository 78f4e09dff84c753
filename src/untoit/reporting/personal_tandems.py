"""What the runs of matching hold of one person: every score of a run that was released, with its reasons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from untoit.core.wording import NO_BREAK, number, typography
from untoit.records.applicants import wording as fr
from untoit.records.pairings import codec
from untoit.records.pairings.models import Tandem, Unplaced
from untoit.records.pairings.querysets import RELEASED
from untoit.reporting.personal_source import Row, Source, Subject
from untoit.reporting.personal_words import by_day, share


def _proposals(of: Subject) -> list[Row]:
    """Return every score given to the household in a run that was released, with its reasons; no rank of others."""
    tandems = (
        Tandem.objects.filter(household=of.household, run__state__in=RELEASED).select_related("run")
        .order_by("run__on", "rank")
    )
    return [row for one in tandems for row in _proposal(one, of)]


def _proposal(tandem: Tandem, of: Subject) -> list[Row]:
    rows: list[Row] = []
    kept = [codec.load_tandem(one) for one in tandem.snapshot.get("rows", ())]
    for one in kept:
        if one.person != of.person.number and any(other.person == of.person.number for other in kept):
            continue
        home, job = one.dwelling, one.offer
        rows.append({
            "Calcul du": tandem.run.on,
            "Logement": f"T{home.rooms} à {fr.place(home.commune)}, {number(home.surface_m2)}{NO_BREAK}m²",
            "Loyer et charges": f"{number(home.rent_eur)} + {number(home.charges_eur)}{NO_BREAK}€ par mois",
            "Emploi": f"{job.title}, {job.employer}, {job.contract}, à {fr.place(job.commune)}",
            "Trajet aller": f"{one.outward_min} min ({fr.MODE.get(one.outward_mode, one.outward_mode)})",
            "Trajet retour": f"{one.back_min} min ({fr.MODE.get(one.back_mode, one.back_mode)})",
            "Chances de réussir les deux": share(one.probability),
            "Rang de votre proposition": one.rank,
            "Raisons": list(one.reasons),
            "Points d'attention": list(one.warnings),
            "Taux d'effort avant": share(one.effort_before), "Taux d'effort après": share(one.effort_after),
            "Reste à vivre avant": by_day(one.residual_before_eur),
            "Reste à vivre après": by_day(one.residual_after_eur),
            "Budget estimé": [_budget(line) for line in one.budget],
            "Avis donné": tandem.get_review_display(), "Raison de l'avis": tandem.reason,
            "Relu par": "une personne du bailleur ou de l'accompagnement" if tandem.reviewed_by_id else "",
            "Calculé avec": [f"{name} {value}" for name, value in tandem.snapshot.get("versions", {}).items()],
        })
    return rows


def _budget(line: Any) -> str:
    return typography(
        f"{line.moment.replace('_', ' ')} ({line.month:%m/%Y}) : "
        f"salaires {number(line.wages_net_eur)} €, RSA {number(line.rsa_eur)} €, "
        f"prime d'activité {number(line.activity_bonus_eur)} €, prestations familiales "
        f"{number(line.family_benefits_eur)} €, aide au logement {number(line.housing_benefit_eur)} €, autres "
        f"{number(line.other_eur)} €, logement à payer {number(line.net_housing_cost_eur)} €"
    )


def _searches(of: Subject) -> list[Row]:
    found = Unplaced.objects.filter(household=of.household, run__state__in=RELEASED).select_related("run")
    rows: list[Row] = []
    for one in found.order_by("run__on"):
        left = codec.load_left_out(one.texts)
        rows.append({
            "Calcul du": one.run.on, "Pourquoi aucune proposition": left.reason,
            "Ce qui aurait suffi": left.nearest_change, "Étape": one.stage,
        })
    return rows


def _subjects(of: Subject) -> list[UUID]:
    return list(Tandem.objects.filter(household=of.household).values_list("pk", flat=True))


SOURCE = Source(
    parts=(
        ("propositions", "Propositions et chances calculées",
         "Les chances sont des estimations : des personnes décident. Les propositions encore en relecture n'y sont "
         "pas.", _proposals),
        ("recherches", "Recherches sans proposition", "Pourquoi un calcul ne vous a rien proposé.", _searches),
    ),
    covered={
        "pairings.Tandem": "propositions", "pairings.TandemJob": "propositions", "pairings.Unplaced": "recherches",
    },
    subjects=_subjects,
)

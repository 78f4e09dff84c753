"""What a landlord's policy may set: the weights, thresholds and chances that the law leaves to the partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from untoit.core import parameters
from untoit.core.errors import UnusableInput
from untoit.core.parameters import Overrides


@dataclass(frozen=True, slots=True)
class Knob:
    """
    One value that a policy may set: where it is in the parameters, in which bounds, how it is said.

    ``unit`` is shown after the value; ``percent`` values are shares, from 0 to 1 in the files.
    """

    path: str
    group: str
    label: str
    help: str
    least: Decimal
    most: Decimal
    unit: str = ""
    percent: bool = False
    whole: bool = False

    @property
    def default(self) -> Decimal:
        """The value of the files."""
        return parameters.default_of(self.path)


def _share(path: str, group: str, label: str, help: str, least: str = "0", most: str = "1") -> Knob:
    return Knob(path, group, label, help, Decimal(least), Decimal(most), "%", percent=True)


FAIRNESS = "Équité entre les ménages"
ALERTS = "Seuils d'alerte du bailleur"
HOME = "Chances que le logement soit accepté"
JOB = "Chances que l'entretien aboutisse"
EVENT = "Listes courtes d'un événement"

KNOBS: tuple[Knob, ...] = (
    _share("policy/matching.weight_per_month_waited", FAIRNESS, "Poids d'un mois d'attente",
           "Chaque mois d'ancienneté de la demande augmente d'autant la valeur d'une proposition.", most="0.2"),
    Knob("policy/matching.most_months_counted", FAIRNESS, "Mois d'attente comptés au plus",
         "Au-delà, l'ancienneté ne pèse pas davantage.", Decimal(0), Decimal(240), "mois", whole=True),
    _share("policy/matching.weight_of_priority", FAIRNESS, "Poids d'un motif prioritaire justifié",
           "S'ajoute à la valeur d'une proposition faite à un public prioritaire.", most="3"),
    _share("policy/matching.share_per_seeker.2", FAIRNESS, "Valeur de chaque emploi d'un ménage à deux actifs",
           "Un second emploi ajoute moins que le premier.", least="0.1"),
    _share("policy/affordability.effort_rate", ALERTS, "Taux d'effort qui alerte",
           "N'exclut jamais : au-delà, la proposition porte un avertissement.", least="0.1", most="0.6"),
    Knob("policy/affordability.residual_income", ALERTS, "Reste à vivre qui alerte",
         "N'exclut jamais : en dessous, la proposition porte un avertissement.", Decimal(0), Decimal(40),
         "€ par jour et par UC"),
    _share("policy/success.home.base", HOME, "Chance de départ", "Logement dans la première commune demandée.", "0.1"),
    _share("policy/success.home.commune_not_wished", HOME, "Commune non demandée", "Retiré de la chance.", "-0.5", "0"),
    _share("policy/success.home.per_wish_rank", HOME, "Par rang de commune demandée", "Retiré à chaque rang.",
           "-0.2", "0"),
    _share("policy/success.home.effort_above_policy", HOME, "Taux d'effort au-dessus de l'alerte",
           "Retiré de la chance.", "-0.5", "0"),
    _share("policy/success.job.base", JOB, "Chance de départ", "Métier souhaité en premier, sans expérience.", "0.1",
           "0.9"),
    _share("policy/success.job.per_wish_rank", JOB, "Par rang de métier souhaité", "Retiré à chaque rang.",
           "-0.3", "0"),
    _share("policy/success.job.close_occupation", JOB, "Métier proche, non demandé", "Retiré de la chance.",
           "-0.5", "0"),
    _share("policy/success.job.per_distance", JOB, "Par rang de métier proche", "Retiré à chaque rang.", "-0.2", "0"),
    _share("policy/success.job.per_year_of_experience", JOB, "Par année d'expérience", "Ajouté, jusqu'à quatre ans.",
           "0", "0.2"),
    _share("policy/success.job.employer_struggles", JOB, "Employeur qui peine à recruter", "Ajouté à la chance.",
           "0", "0.5"),
    _share("policy/success.commute_weight", JOB, "Poids du trajet",
           "Part de la chance perdue quand le trajet atteint la limite acceptée."),
    Knob("policy/matching.selection.jobs_min", EVENT, "Entretiens par personne, au moins", "Mode liste courte.",
         Decimal(1), Decimal(4), whole=True),
    Knob("policy/matching.selection.jobs_max", EVENT, "Entretiens par personne, au plus", "Mode liste courte.",
         Decimal(1), Decimal(8), whole=True),
    Knob("policy/matching.selection.interviews_per_opening", EVENT, "Entretiens par poste", "Mode liste courte.",
         Decimal(1), Decimal(12), whole=True),
)
_BY_PATH = {knob.path: knob for knob in KNOBS}


def knob(path: str) -> Knob | None:
    """Return the knob of a path, ``None`` when a policy may not set it."""
    return _BY_PATH.get(path)


def overrides_of(values: Mapping[str, object]) -> Overrides:
    """
    Return the values of a policy as the core takes them, sorted; those equal to the files' are left out.

    Raises
    ------
    UnusableInput
        When a value is none that a policy may set, is no number, or is out of its bounds.
    """
    found = []
    for path, value in sorted(values.items()):
        one = knob(path)
        if one is None:
            raise UnusableInput(f"« {path} » n'est pas un réglage qu'une politique peut changer.")
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise UnusableInput(f"{one.label} : « {value} » n'est pas un nombre.") from None
        if not one.least <= number <= one.most or (one.whole and number != int(number)):
            kind = "un nombre entier " if one.whole else ""
            raise UnusableInput(f"{one.label} : attendu {kind}de {said(one, one.least)} à {said(one, one.most)}.")
        if number != one.default:
            found.append((path, number))
    chosen = dict(found)
    fewest, most = (chosen.get(f"policy/matching.selection.jobs_{end}", _BY_PATH[
        f"policy/matching.selection.jobs_{end}"].default) for end in ("min", "max"))
    if fewest > most:
        raise UnusableInput("Entretiens par personne : le plus petit nombre dépasse le plus grand.")
    return tuple(found)


def said(one: Knob, value: Decimal) -> str:
    """Return a value as people read it: ``30 %``, ``12 mois``."""
    shown = 100 * value if one.percent else value
    text = f"{shown.normalize():f}".replace(".", ",").replace("-", "−")
    return f"{text}\u00a0{one.unit}" if one.unit else text

"""
Fictitious households and their job seekers.

Nobody here exists: every application number has the office code ``DEMO0``, which no registering office uses. Shares and
ranges are demonstration assumptions; legal amounts come from :mod:`untoit.core.demo.scales`.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from untoit.core.demo.jobs import Family, families, family_of
from untoit.core.demo.scales import scales_on
from untoit.core.demo.terrain import Row, chance, draws, pick, whole_euros, yes_no
from untoit.core.exchange.formats import HOUSEHOLD_COLUMNS
from untoit.core.territory.communes import MEL, communes

MOST_HOUSEHOLDS = 99_999
"""Six figures of the application number, the first one being 9."""

# (adults, children) of a household, and how many of a hundred.
COMPOSITIONS = (
    ((1, 0), 40), ((1, 1), 17), ((1, 2), 11), ((1, 3), 4), ((2, 0), 7), ((2, 1), 8), ((2, 2), 7), ((2, 3), 4),
    ((2, 4), 2),
)
SECOND_SEEKER_OF_A_COUPLE = 0.55          # about 15 % of all households
WITHOUT_CONSENT = 0.05
# People prepared for an event have talked their wishes over; the files of a year hold the wishes as they were written.
ACCEPTS_OTHER_COMMUNES = {True: 0.6, False: 0.05}
STATUSES = (
    ("heberge_tiers", 42), ("structure", 20), ("locataire_prive", 15), ("locataire_parc_social", 13), ("sans_abri", 6),
    ("autre", 4),
)
# Wishes go where tension is highest; the rest of the metropolis is asked for in proportion of its population.
TENSE_COMMUNES = (
    ("59350", 46), ("59009", 14), ("59378", 8), ("59368", 8), ("59328", 6), ("59512", 7), ("59599", 6), ("59646", 3),
    ("59410", 2),
)
ROOMS_WISHED = {1: "T1|T2", 2: "T2|T3", 3: "T3", 4: "T3|T4", 5: "T4|T5", 6: "T5|T6"}
MOST_OUTLAY = {1: (400, 520), 2: (470, 620), 3: (560, 720), 4: (640, 800), 5: (700, 900), 6: (780, 1000)}
CONTRACTS = (("", 50), ("CDI|CDD", 24), ("CDI|CDD|MIS|IAE", 18), ("CDI", 5), ("IAE|CDD|CDI", 3))
FRENCH = (("", 18), ("A1", 4), ("A2", 15), ("B1", 26), ("B2", 22), ("C1", 10), ("C2", 5))
COMMUTE_LIMITS = ((45, 26), (60, 48), (75, 16), (90, 10))


@dataclass(frozen=True, slots=True)
class _Situation:
    """What a household looks like before it is spelled out in columns."""

    adults: tuple[int, ...]
    children: tuple[int, ...]
    seekers: int
    status: str
    for_event: bool

    @property
    def persons(self) -> int:
        return len(self.adults) + len(self.children)

    @property
    def minds_children(self) -> bool:
        """Whether nobody else is at home when the young children are."""
        return any(age <= 10 for age in self.children) and self.seekers == len(self.adults)


def households(count: int, *, for_event: bool, on: date, seed: int) -> tuple[list[Row], list[Row]]:
    """Return the rows of ``menages.csv`` and ``personnes.csv``."""
    rng = draws("ménages", seed)
    known: list[Row] = []
    seekers: list[Row] = []
    for number in range(1, count + 1):
        situation = _situation(for_event, rng)
        household = _household(number, situation, on, rng)
        known.append(household)
        for person in range(1, situation.seekers + 1):
            seekers.append(_person(household["numero_unique"], person, situation, on, rng))
    return known, seekers


def _situation(for_event: bool, rng: random.Random) -> _Situation:
    adults, children = pick(COMPOSITIONS, rng)
    first = rng.choice((rng.randint(19, 25), rng.randint(25, 40), rng.randint(28, 58))) if not children else (
        rng.randint(23, 47))
    ages = (first,) if adults == 1 else (first, min(62, max(19, first + rng.randint(-6, 6))))
    oldest = max(0, min(17, min(ages) - 19))
    return _Situation(
        adults=ages,
        children=tuple(sorted((rng.randint(0, oldest) for _ in range(children)), reverse=True)),
        seekers=2 if adults == 2 and chance(SECOND_SEEKER_OF_A_COUPLE, rng) else 1,
        status=pick(STATUSES, rng),
        for_event=for_event,
    )


def _household(number: int, situation: _Situation, on: date, rng: random.Random) -> Row:
    waited = min(3300, 30 + int(rng.expovariate(1 / 560)))
    applied = on - timedelta(days=waited)
    disabled = chance(0.05, rng)
    resources = _resources(situation, disabled, on, rng)
    grounds = _grounds(situation, disabled, rng)
    evidenced = [ground for ground in grounds if chance(0.72, rng)]
    n2, last = _yearly_income(resources, rng)
    status = situation.status
    low, high = MOST_OUTLAY[min(6, situation.persons)]
    row = dict.fromkeys(HOUSEHOLD_COLUMNS, "")
    row |= resources
    row |= {
        "numero_unique": f"059{applied:%m%y}{900_000 + number}DEMO0",
        "date_demande": applied.isoformat(),
        "ages_adultes": _list(situation.adults),
        "ages_enfants": _list(situation.children),
        "naissances_attendues": "1" if situation.adults[0] < 38 and chance(0.04, rng) else "0",
        "personnes_cmi_invalidite": "1" if disabled else "0",
        "rfr_n2": n2,
        "revenus_12_mois": last,
        "motifs_prioritaires": _list(grounds),
        "motifs_justifies": _list(evidenced),
        "dans_dispositif": yes_no(chance(0.85 if resources["rsa"] else 0.5, rng)),
        "reservataires": _list(
            ["bailleur"]
            + (["etat"] if grounds and chance(0.8, rng) else [])
            + (["action_logement"] if chance(0.5 if resources["salaires"] or resources["are"] else 0.3, rng) else [])
            + (["collectivite"] if chance(0.6, rng) else [])
        ),
        "communes_souhaitees": _list(_wished_communes(situation.for_event, rng)),
        "autres_communes": yes_no(chance(ACCEPTS_OTHER_COMMUNES[situation.for_event], rng)),
        "typologies_souhaitees": _wished_rooms(situation),
        "depense_max": "" if chance(0.25, rng) else str(rng.randrange(low, high + 1, 10)),
        "sans_marche": yes_no(chance(0.9 if disabled else 0.02, rng)),
        "etage_max_sans_ascenseur": str(rng.randint(0, 3)) if chance(0.12, rng) else "",
        "statut_actuel": status,
        "commune_actuelle": rng.choices(
            [commune.code for commune in communes(MEL)], [commune.population for commune in communes(MEL)])[0],
        "date_consentement": "" if chance(WITHOUT_CONSENT, rng)
        else (on - timedelta(days=rng.randrange(5, 70))).isoformat(),
    }
    return row


def _resources(situation: _Situation, disabled: bool, on: date, rng: random.Random) -> dict[str, str]:
    """Return the monthly resources by type: one main income, what it leaves to the RSA, and family benefits."""
    scales = scales_on(on)
    amounts: dict[str, float] = {}
    adults, children = len(situation.adults), len(situation.children)
    main = rng.choices(("rsa", "are", "salaires", "aah"), (64, 17, 19, 0) if not disabled else (30, 10, 10, 50))[0]
    if main == "are":
        amounts["are"] = rng.uniform(720, 1180)
    elif main == "salaires":
        amounts["salaires"] = rng.uniform(480, 1120)
        amounts["prime_activite"] = rng.uniform(110, 320)
    elif main == "aah":
        amounts["aah"] = scales.disability_allowance
    if adults == 2 and situation.seekers == 1 and chance(0.4, rng):
        amounts["salaires"] = amounts.get("salaires", 0) + rng.uniform(650, 1350)
    family = scales.family_benefits(children, lone_parent=adults == 1)
    if family:
        amounts["prestations_familiales"] = family
    of_age = max(situation.adults) >= 25 or children > 0
    rsa = scales.rsa(adults, children, sum(amounts.values())) if of_age else 0
    if rsa >= 15:
        amounts["rsa"] = rsa
    elif not amounts:
        # Under 25 without a child: an allowance of a pathway for young people.
        amounts["autres_ressources"] = rng.uniform(220, 500)
    names = ("salaires", "rsa", "prime_activite", "are", "aah", "pensions", "prestations_familiales",
             "autres_ressources")
    return {name: f"{amounts[name]:.2f}" if name in amounts else "" for name in names}


def _yearly_income(resources: Row, rng: random.Random) -> tuple[str, str]:
    """Return the reference income of two years ago and, for those whose income fell, that of the last twelve months."""
    taxable = 12 * sum(float(resources[name] or 0) for name in ("salaires", "are"))
    if chance(0.06, rng):
        n2 = rng.uniform(21_000, 34_000)                # had a good job two years ago
    else:
        n2 = taxable * rng.uniform(0.7, 1.25) + rng.choice((0, 0, 1_500, 4_000, 7_500))
    fell = n2 > 12_000 and chance(0.7, rng)
    return str(whole_euros(n2)), str(whole_euros(taxable * rng.uniform(0.95, 1.1) + 1_000)) if fell else ""


def _grounds(situation: _Situation, disabled: bool, rng: random.Random) -> list[str]:
    likely = {
        "DALO": 0.06,
        "a": 0.8 if disabled else 0,
        "c": 0.22,
        "d": 0.85 if situation.status == "structure" else 0,
        "e": 0.15,
        "f": 0.2 if situation.status == "locataire_prive" else 0,
        "g": 0.12 if len(situation.adults) == 1 and situation.children else 0.02,
        "j": 0.35 if situation.status == "heberge_tiers" and situation.children else 0,
        "k": {"sans_abri": 1.0, "heberge_tiers": 0.35}.get(situation.status, 0),
        "l": 0.25 if situation.status == "locataire_prive" else 0,
        "m": 0.35 if situation.adults[0] <= 21 and len(situation.adults) == 1 else 0,
    }
    return [ground for ground, probability in likely.items() if chance(probability, rng)]


def _wished_communes(for_event: bool, rng: random.Random) -> list[str]:
    wishes: list[str] = []
    for _ in range(rng.choice((1, 2, 2, 3, 4, 5) if for_event else (1, 1, 2, 3))):
        if chance(0.75, rng):
            wishes.append(pick(TENSE_COMMUNES, rng))
        else:
            everywhere = communes(MEL)
            wishes.append(rng.choices(everywhere, [commune.population for commune in everywhere])[0].code)
    return list(dict.fromkeys(wishes))


def _wished_rooms(situation: _Situation) -> str:
    wished = ROOMS_WISHED[min(6, situation.persons)]
    return wished if situation.for_event else wished.split("|")[0]


def _person(application: str, person: int, situation: _Situation, on: date, rng: random.Random) -> Row:
    family = family_of([family.weight_of_people for family in families()], situation.for_event, rng)
    codes = _occupations(family, situation.for_event, rng)
    licences = ["B"] if chance(0.4, rng) else []
    if family.name == "conduite":
        licences = ["B", "C"] if chance(0.3, rng) else ["B"]
    if family.name == "logistique" and chance(0.3, rng):
        licences.append("CACES3")
    modes = ["marche"]
    modes += ["velo"] if chance(0.25, rng) else []
    modes += ["tc"] if chance(0.95, rng) else []
    modes += ["voiture"] if "B" in licences and chance(0.7, rng) else []
    minds = situation.minds_children and chance(0.75, rng)
    experience = [f"{codes[0]}:{rng.choice((0.5, 1, 1.5, 2, 3, 4, 6, 9))}"] if chance(0.7, rng) else []
    experience += [f"{code}:{rng.choice((0.5, 1, 2))}" for code in codes[1:] if chance(0.25, rng)]
    return {
        "numero_unique": application,
        "personne": str(person),
        "metiers": "|".join(codes),
        "experience": "|".join(experience),
        "competences": "",
        "permis": "|".join(licences),
        "modes": "|".join(modes),
        "trajet_max": str(pick(COMMUTE_LIMITS, rng)),
        # A crèche opens about 07:30 and after-school care closes about 18:30.
        "depart_min": rng.choice(("07:00", "07:15", "07:30", "07:45")) if minds else "",
        "retour_max": rng.choice(("18:00", "18:30", "18:30", "19:00")) if minds else "",
        "jours": "lu|ma|me|je|ve" if minds or chance(0.15, rng) else rng.choice(("", "", "lu|ma|me|je|ve|sa")),
        "heures_min": rng.choice(("", "", "20", "24", "28")),
        "heures_max": rng.choice(("", "", "", "35", "39")),
        "contrats": pick(CONTRACTS, rng),
        "niveau_francais": pick(FRENCH, rng),
        "disponible_le": (on + timedelta(days=rng.choice((0, 0, 7, 15, 30, 45)))).isoformat(),
    }


def _occupations(family: Family, for_event: bool, rng: random.Random) -> list[str]:
    """Return one to three occupations: mostly of one family, sometimes one of another."""
    weights = [family.weight_of_people for family in families()]
    codes: list[str] = []
    for _ in range(rng.choice((1, 2, 2, 3))):
        chosen = family if chance(0.8, rng) or not codes else family_of(weights, for_event, rng)
        codes.append(rng.choices(chosen.jobs, [job.weight for job in chosen.jobs])[0].occupation)
    return list(dict.fromkeys(codes))


def _list(values: Iterable[object]) -> str:
    return "|".join(str(value) for value in values)

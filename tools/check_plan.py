#!/usr/bin/env python3
"""
Verify the results of ``untoit match --options`` without the software that made them: standard library only.

    python tools/check_plan.py RESULTATS --menages F --personnes F --logements F --offres F

RESULTATS holds what the run wrote; the four files are its inputs, in CSV. Prints French lines, exits with 0 when
everything holds, 1 when something does not, 2 when a file cannot be read.

Read from RESULTATS (UTF-8, separator ``;``):

``tandems.csv``      ``numero_unique; reference_logement; personne; reference_offre; ...``, one row a proposed job.
``options.csv``      the same four columns first, then ``...; utilite``: points with six decimals, a millionth each.
``certificat.json``  an object with these keys, whole numbers in millionths of a point:

    mode                 "plan" or "selection"
    jobs_min, jobs_max   jobs a person: 1 and 1 for a plan, interviews for a selection
    dwelling_capacity    {reference: households}          offer_capacity   {reference: people}
    prices               {"dwelling": {reference: price}, "offer": {reference: price}, "quota": {name: price}}
    quotas               [{name, per_mille, already_numerator, already_denominator, numerator, denominator, floor,
                           shortfall}]
    pinned, forbidden    [[numero_unique, reference_logement, personne, reference_offre], ...], may be missing
    value, bound         of the plan
    price_bound, proof   what the prices prove; bound is lower when a solver proved more (proof "HiGHS"), and equal
                         otherwise (proof "prix")

``numerator`` and ``denominator`` say which pairs count: ``"all"``, or a list of ``numero_unique`` (every dwelling of
that household), or of ``[numero_unique, reference_logement]``. ``floor`` is null when the share itself was imposed;
else it is the number of new allocations to the group imposed instead, the share being out of reach, and ``shortfall``
the number of allocations missing.

What is verified: every household has consented and receives one dwelling, every dwelling and every offer is offered no
more than it can be, each person has the number of jobs allowed, every proposed row is in the options, quotas, value;
and the bound, recomputed from the prices: at these prices each household takes what is best for it alone, and the sum
of what they keep and of the price of everything that there is to give is above the value of any plan (weak duality).
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

CANDIDATES_BY_DEFAULT = 3
Key = tuple[str, str, str, str]


def main() -> int:
    """Verify one folder of results and say what was found."""
    parser = argparse.ArgumentParser(description="Vérifie un plan sans le logiciel qui l'a calculé.")
    parser.add_argument("resultats", type=Path)
    for name in ("menages", "personnes", "logements", "offres"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    try:
        proof = json.loads((args.resultats / "certificat.json").read_text("utf-8"))
        options = {key(row): round(float(row["utilite"].replace(",", ".")) * 1_000_000)
                   for row in rows(args.resultats / "options.csv")}
        chosen = [key(row) for row in rows(args.resultats / "tandems.csv")]
        wrong = against_inputs(args, proof, chosen)
        wrong += against_constraints(proof, options, chosen)
        value = sum(options.get(choice, 0) for choice in set(chosen))
        bound = bound_of_prices(proof, options)
    except (OSError, KeyError, ValueError) as error:
        print(f"Fichier illisible ou incomplet : {error!r}", file=sys.stderr)
        return 2
    if value != proof["value"]:
        wrong.append(f"La valeur annoncée est {points(proof['value'])}, celle des tandems est {points(value)}.")
    if bound != proof["price_bound"]:
        wrong.append(f"La borne annoncée est {points(proof['price_bound'])}, les prix prouvent {points(bound)}.")
    if not value <= proof["bound"] <= bound:
        wrong.append(f"La borne {points(proof['bound'])} n'est pas entre la valeur et ce que prouvent les prix.")
    if proof["proof"] == "prix" and proof["bound"] != bound:
        wrong.append("La borne est dite prouvée par les prix, et ne l'est pas.")
    for sentence in wrong:
        print(f"ERREUR : {sentence}")
    homes = len({choice[0] for choice in chosen})
    print(f"{homes} ménages avec logement, {len(set(chosen))} emplois ou entretiens, parmi {len(options)} options.")
    gap = 100 * (proof["bound"] - value) / value if value else 0.0
    print(f"Valeur {points(value)} ; borne {points(proof['bound'])} ; écart {gap:.4f}".replace(".", ",") + "\u00a0%.")
    print(f"Borne recalculée à partir des prix : {points(bound)}.")
    print("Le plan est refusé." if wrong else "Aucune contrainte n'est enfreinte, la borne est juste.")
    return 1 if wrong else 0


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, whatever its separator and encoding among the usual ones."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    header = text.partition("\n")[0]
    separator = max(";,\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restkey="", restval="")
    return [{name.strip().lower(): cell.strip() for name, cell in row.items() if name} for row in reader]


def key(row: dict[str, str]) -> Key:
    """Return what identifies an option: household, dwelling, person, offer."""
    return row["numero_unique"], row["reference_logement"], row["personne"], row["reference_offre"]


def against_inputs(args: argparse.Namespace, proof: dict, chosen: list[Key]) -> list[str]:
    """Return what the plan and its capacities have that the partners' files do not."""
    wrong = []
    selection = proof["mode"] == "selection"
    consent = {row["numero_unique"]: row["date_consentement"] for row in rows(args.menages)}
    people = {(row["numero_unique"], row["personne"]) for row in rows(args.personnes)}
    homes = {
        row["reference"]: number(row.get("candidats_max", ""), CANDIDATES_BY_DEFAULT) if selection else 1
        for row in rows(args.logements)
    }
    jobs = {row["reference"]: number(row.get("postes", ""), 1) for row in rows(args.offres)}
    for household, dwelling, person, offer in chosen:
        if not consent.get(household):
            wrong.append(f"Ménage {household} : absent du fichier, ou sans consentement.")
        if (household, person) not in people:
            wrong.append(f"Ménage {household} : la personne {person} n'est pas dans le fichier.")
        if dwelling not in homes or dwelling not in proof["dwelling_capacity"]:
            wrong.append(f"Logement {dwelling} : absent du fichier ou du certificat.")
        if offer not in jobs or offer not in proof["offer_capacity"]:
            wrong.append(f"Offre {offer} : absente du fichier ou du certificat.")
    for dwelling, capacity in proof["dwelling_capacity"].items():
        if capacity > homes.get(dwelling, 0):
            wrong.append(f"Logement {dwelling} : capacité {capacity}, le fichier en permet {homes.get(dwelling, 0)}.")
    for offer, capacity in proof["offer_capacity"].items():
        # How many interviews a selection gives to an opening is for the organisers to say: without one, there are none.
        if (not selection and capacity > jobs.get(offer, 0)) or (capacity and not jobs.get(offer)):
            wrong.append(f"Offre {offer} : capacité {capacity}, le fichier en permet {jobs.get(offer, 0)}.")
    return wrong


def number(cell: str, when_empty: int) -> int:
    """Return the whole number of a cell."""
    return int(float(cell.replace(",", "."))) if cell else when_empty


def against_constraints(proof: dict, options: dict[Key, int], chosen: list[Key]) -> list[str]:
    """Return the constraints that the plan breaks."""
    wrong = [f"{' / '.join(choice)} : retenu deux fois." for choice, times in Counter(chosen).items() if times > 1]
    forbidden = {tuple(map(str, choice)) for choice in proof.get("forbidden", [])}
    pinned = {tuple(map(str, choice)) for choice in proof.get("pinned", [])}
    taken = set(chosen)
    wrong += [f"{' / '.join(choice)} : n'est pas une option." for choice in sorted(taken - set(options))]
    wrong += [f"{' / '.join(choice)} : retenu alors qu'il est interdit." for choice in sorted(taken & forbidden)]
    wrong += [f"{' / '.join(choice)} : imposé et absent du plan." for choice in sorted(pinned - taken)]

    pairs = {(household, dwelling) for household, dwelling, _, _ in taken}
    for household, times in Counter(household for household, _ in pairs).items():
        if times > 1:
            wrong.append(f"Ménage {household} : {times} logements.")
    for dwelling, times in Counter(dwelling for _, dwelling in pairs).items():
        if times > proof["dwelling_capacity"].get(dwelling, 0):
            wrong.append(f"Logement {dwelling} : proposé {times} fois, c'est trop.")
    for offer, times in Counter(offer for _, _, _, offer in taken).items():
        if times > proof["offer_capacity"].get(offer, 0):
            wrong.append(f"Offre {offer} : proposée {times} fois, c'est trop.")
    offered = Counter(option[:3] for option in options if option not in forbidden)
    for place, times in Counter(choice[:3] for choice in taken).items():
        if not min(proof["jobs_min"], offered[place]) <= times <= proof["jobs_max"]:
            wrong.append(f"Ménage {place[0]}, personne {place[2]} : {times} offre(s), hors des limites.")

    for quota in proof["quotas"]:
        group, whole = members(quota["numerator"]), members(quota["denominator"])
        new = sum(counts(pair, group) for pair in pairs)
        numerator = quota["already_numerator"] + new
        denominator = quota["already_denominator"] + sum(counts(pair, whole) for pair in pairs)
        missing = max(-(-quota["per_mille"] * denominator // 1000) - numerator, 0)
        share = f"{numerator} sur {denominator}"
        if missing != quota["shortfall"]:
            wrong.append(f"« {quota['name']} » : {share}, il en manque {missing} et non {quota['shortfall']}.")
        if (missing and quota["floor"] is None) or (quota["floor"] is not None and new < quota["floor"]):
            wrong.append(f"« {quota['name']} » : {share}, la contrainte n'est pas tenue.")
        state = "tenu" if not missing else f"hors d'atteinte, il manque {missing} attribution(s)"
        print(f"Quota « {quota['name']} » : {share}, {state}.")
    return wrong


def members(listed: str | list) -> set | None:
    """Return who counts in a quota, as households and pairs; ``None`` for everybody."""
    return None if listed == "all" else {tuple(item) if isinstance(item, list) else item for item in listed}


def counts(pair: tuple[str, str], group: set | None) -> bool:
    """Return whether a pair counts in a group."""
    return group is None or pair in group or pair[0] in group


def bound_of_prices(proof: dict, options: dict[Key, int]) -> int:
    """Return the upper bound that the stored prices prove, in exact whole numbers."""
    home, job, quota_price = proof["prices"]["dwelling"], proof["prices"]["offer"], proof["prices"]["quota"]
    if min([0, *home.values(), *job.values(), *quota_price.values()]) < 0:
        raise ValueError("un prix est négatif")
    forbidden = {tuple(map(str, choice)) for choice in proof.get("forbidden", [])}
    pinned = {tuple(map(str, choice)) for choice in proof.get("pinned", [])}
    imposed_home = {household: dwelling for household, dwelling, _, _ in pinned}

    total = sum(home[dwelling] * capacity for dwelling, capacity in proof["dwelling_capacity"].items())
    total += sum(job[offer] * capacity for offer, capacity in proof["offer_capacity"].items())
    rows_of_quotas = []
    for quota in proof["quotas"]:
        price, floor = quota_price[quota["name"]], quota["floor"]
        share = 0 if floor is not None else quota["per_mille"]
        spare = 1000 * quota["already_numerator"] - share * quota["already_denominator"]
        total += rounded_up(price * (spare if floor is None else -1000 * floor))
        rows_of_quotas.append((price, share, members(quota["numerator"]), members(quota["denominator"])))

    places: defaultdict[tuple[str, str], dict[str, list[tuple[bool, int]]]] = defaultdict(lambda: defaultdict(list))
    for option, value in options.items():
        if option not in forbidden:
            household, dwelling, person, offer = option
            places[household, dwelling][person].append((option in pinned, value - job[offer]))
    best: dict[str, int] = {}
    for (household, dwelling), people in places.items():
        imposed = imposed_home.get(household)
        if imposed not in (None, dwelling):
            continue
        keeps = jobs_of_pair(list(people.values()), proof["jobs_min"], proof["jobs_max"]) - home[dwelling]
        for price, share, group, whole in rows_of_quotas:
            weight = 1000 * counts((household, dwelling), group) - share * counts((household, dwelling), whole)
            keeps += rounded_up(price * weight)
        # A household may always be left out, at no cost, unless somebody imposed its place.
        best[household] = max(best.get(household, keeps if imposed else 0), keeps)
    return total + sum(best.values())


def jobs_of_pair(people: list[list[tuple[bool, int]]], jobs_min: int, jobs_max: int) -> int:
    """Return the most that the jobs of a pair bring, prices paid: one person at least, the others when it pays."""
    free, imposed = [], []
    for options in people:
        must = [worth for is_imposed, worth in options if is_imposed]
        others = sorted((worth for is_imposed, worth in options if not is_imposed), reverse=True)
        least = min(jobs_min, len(options)) - len(must)
        kept = [worth for rank, worth in enumerate(others[:jobs_max - len(must)]) if rank < least or worth > 0]
        (imposed if must else free).append(sum(must) + sum(kept))
    paying = [gain for gain in free if gain > 0]
    return sum(imposed) + sum(paying) if imposed or paying else max(free)


def rounded_up(thousandths: int) -> int:
    """Return thousandths of a price as a whole number, rounded up so that the bound stays above."""
    return -(-thousandths // 1000)


def points(millionths: int) -> str:
    """Return a value as people read it."""
    return f"{millionths / 1_000_000:.6f}".replace(".", ",")


if __name__ == "__main__":
    sys.exit(main())

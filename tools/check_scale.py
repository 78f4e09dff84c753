#!/usr/bin/env python3
"""
Verify the plan of a region or of a country without the software that made it: numpy, and no solver.

    python tools/check_scale.py TERRITOIRE.npz CERTIFICAT.npz

Prints French lines, exits with 0 when everything holds, 1 when something does not, 2 when a file cannot be read. Both
files are written by ``untoit.core.scale.files``; amounts are whole numbers of millionths of a point.

TERRITOIRE   the columns of ``untoit.core.scale.market.Territory``; ``share_weight`` (int64[Q, C, K]) and
             ``share_constant`` (int64[Q]), in thousandths of an allocation; ``facts``: a JSON object with the names of
             the shares, ``commute_per_mille`` and the SHA-256 of all that.
CERTIFICAT   ``dwelling`` (int32[H], -1 for none), ``offers`` (int32[H, 2]), ``dwelling_price``, ``offer_price``,
             ``share_price``; ``facts``: fingerprint of the territory, value, bound, shares (name, cover, held).

What is verified: the certificate is about this territory; each household has one dwelling among its own, each dwelling
one household, each offer no more people than openings, each person an offer that fits, within reach of that dwelling;
the shares; the value; and the bound, computed again from the prices: at these prices each household takes what is best
for it alone, and the sum of what they keep and of the price of everything that there is to give is above the value of
any plan that holds the shares (weak duality). A share said out of reach must have no price.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from pathlib import Path

import numpy as np

COLUMNS = (
    "shard", "alone_worth", "job_worth", "reach_m", "household_class", "seeker_start", "pair_start", "pair_dwelling",
    "pair_chance", "fit_start", "fit_offer", "fit_chance", "dwelling_m", "dwelling_class", "offer_m", "offer_capacity",
)
AT_ONCE = 400_000
"""Pairs priced at once: what bounds the memory."""


def main() -> int:
    """Verify one certificate and say what was found."""
    parser = argparse.ArgumentParser(description="Vérifie le plan d'un territoire sans le logiciel qui l'a calculé.")
    parser.add_argument("territoire", type=Path)
    parser.add_argument("certificat", type=Path)
    args = parser.parse_args()
    try:
        territory, facts = read(args.territoire)
        proof, said = read(args.certificat)
        wrong = verify(territory, facts, proof, said)
    except (OSError, KeyError, TypeError, ValueError, IndexError, zipfile.BadZipFile) as error:
        print(f"Fichier illisible ou incomplet : {error!r}", file=sys.stderr)
        return 2
    for sentence in wrong:
        print(f"ERREUR : {sentence}")
    print("Le plan est refusé." if wrong else "Aucune contrainte n'est enfreinte, la borne est juste.")
    return 1 if wrong else 0


def read(path: Path) -> tuple[dict, dict]:
    """Return the columns of a file and its facts."""
    with np.load(path, allow_pickle=False) as held:
        columns = {name: held[name] for name in held.files}
    return columns, json.loads(bytes(columns.pop("facts")))


def verify(territory: dict, facts: dict, proof: dict, said: dict) -> list[str]:
    """Return what is wrong, one French sentence each."""
    households, dwellings = territory["shard"].size, territory["dwelling_class"].size
    offers, shares = territory["offer_capacity"].size, len(facts["shares"])
    for name, shape in (
        ("dwelling", (households,)), ("offers", (households, 2)), ("dwelling_price", (dwellings,)),
        ("offer_price", (offers,)), ("share_price", (shares,)),
    ):
        if proof[name].shape != shape or proof[name].dtype.kind != "i":
            return [f"La colonne « {name} » du certificat n'a pas la forme attendue."]
    if fingerprint(territory, facts) != said["fingerprint"]:
        return ["Le certificat ne parle pas de ce territoire : l'empreinte n'est pas la même."]
    home, jobs = proof["dwelling"].astype(np.int64), proof["offers"].astype(np.int64)
    if home.min(initial=-1) < -1 or home.max(initial=-1) >= dwellings:
        return ["Un logement du plan n'existe pas."]
    if jobs.min(initial=-1) < -1 or jobs.max(initial=-1) >= offers:
        return ["Une offre du plan n'existe pas."]
    wrong = []
    value = value_of(territory, facts, home, jobs, wrong)
    placed = home >= 0
    times = np.bincount(home[placed], minlength=dwellings)
    wrong += [f"Le logement {d} est donné {times[d]} fois." for d in np.flatnonzero(times > 1)[:5]]
    times = np.bincount(jobs[jobs >= 0], minlength=offers)
    over = np.flatnonzero(times > territory["offer_capacity"])
    wrong += [f"L'offre {j} est donnée {times[j]} fois, c'est trop." for j in over[:5]]
    if value != said["value"]:
        wrong.append(f"La valeur annoncée est {points(said['value'])}, celle du plan est {points(value)}.")
    wrong += against_shares(territory, facts, proof, said, home)
    if min((int(proof[n].min(initial=0)) for n in ("dwelling_price", "offer_price", "share_price")), default=0) < 0:
        wrong.append("Un prix est négatif.")
    else:
        bound = bound_of(territory, facts, proof)
        if bound != said["bound"]:
            wrong.append(f"La borne annoncée est {points(said['bound'])}, les prix prouvent {points(bound)}.")
        if value > bound:
            wrong.append("La valeur dépasse la borne.")
        gap = f"{100 * (bound - value) / value if value else 0.0:.4f}".replace(".", ",")
        print(f"{int(placed.sum())} ménages logés, {int((jobs >= 0).sum())} emplois, parmi {households} ménages.")
        print(f"Valeur {points(value)} ; borne recalculée {points(bound)} ; écart {gap}\u00a0%.")
    return wrong


def fingerprint(territory: dict, facts: dict) -> str:
    """Return the SHA-256 of everything that decides the choice."""
    digest = hashlib.sha256()
    for name in COLUMNS:
        column = np.ascontiguousarray(territory[name])
        digest.update(f"{name}:{column.dtype.str}:{column.shape};".encode())
        digest.update(column.data)
    for name, weight, constant in zip(
        facts["shares"], territory["share_weight"], territory["share_constant"].tolist(), strict=True
    ):
        digest.update(f"{name}:{weight.shape}:{constant};".encode())
        digest.update(np.ascontiguousarray(weight).data)
    digest.update(f"commute:{facts['commute_per_mille']}".encode())
    return digest.hexdigest()


def value_of(territory: dict, facts: dict, home: np.ndarray, jobs: np.ndarray, wrong: list[str]) -> int:
    """Return the value of the plan, and say which of its choices are not possible."""
    pair_household = np.repeat(np.arange(home.size), np.diff(territory["pair_start"]))
    chosen = np.flatnonzero(territory["pair_dwelling"] == home[pair_household])
    pair = np.full(home.size, -1, dtype=np.int64)
    pair[pair_household[chosen]] = chosen
    strange = np.flatnonzero((home >= 0) & (pair < 0))
    wrong += [f"Ménage {h} : le logement {home[h]} ne lui est pas permis." for h in strange[:5]]
    idle = np.flatnonzero((home < 0) & (jobs >= 0).any(axis=1))
    wrong += [f"Ménage {h} : un emploi sans logement." for h in idle[:5]]
    placed = np.flatnonzero(pair >= 0)
    lease = territory["pair_chance"][pair[placed]].astype(np.int64)
    total = int(alone(territory["alone_worth"][placed], lease).sum())
    for k in (0, 1):
        here = np.flatnonzero(jobs[placed, k] >= 0)
        h, offer = placed[here], jobs[placed[here], k]
        seeker = territory["seeker_start"][h] + k
        real = seeker < territory["seeker_start"][h + 1]
        wrong += [f"Ménage {each} : un emploi pour une personne qui n'existe pas." for each in h[~real][:5]]
        here, h, offer, seeker = here[real], h[real], offer[real], seeker[real]
        group, fit = spread(territory["fit_start"][seeker], territory["fit_start"][seeker + 1])
        right = territory["fit_offer"][fit] == offer[group]
        found = np.full(h.size, -1, dtype=np.int64)
        found[group[right]] = fit[right]
        wrong += [f"Ménage {each} : l'offre ne convient pas à la personne." for each in h[found < 0][:5]]
        known = found >= 0
        here, h, offer, found = here[known], h[known], offer[known], found[known]
        gain = job(territory, facts, h, lease[here], territory["fit_chance"][found], home[h], offer)
        wrong += [f"Ménage {each} : l'emploi est hors de portée du logement." for each in h[gain <= 0][:5]]
        total += int(gain.sum())
    return total


def against_shares(territory: dict, facts: dict, proof: dict, said: dict, home: np.ndarray) -> list[str]:
    """Return what the plan and the certificate have wrong about the shares."""
    if [share["name"] for share in said["shares"]] != facts["shares"]:
        return ["Les quotas du certificat ne sont pas ceux du territoire."]
    wrong, placed = [], home >= 0
    kinds = territory["household_class"][placed], territory["dwelling_class"][home[placed]]
    for q, share in enumerate(said["shares"]):
        cover = int(territory["share_weight"][q][kinds].sum()) + int(territory["share_constant"][q])
        if cover != share["cover"] or (cover >= 0) != share["held"]:
            wrong.append(f"« {share['name']} » : le compte annoncé n'est pas celui du plan.")
        if cover < 0 and proof["share_price"][q] != 0:
            wrong.append(f"« {share['name']} » : hors d'atteinte, il ne peut avoir un prix.")
        if cover < 0:
            print(f"« {share['name']} » n'est pas tenu : il manque {-cover / 1000:g} attribution(s).")
    return wrong


def bound_of(territory: dict, facts: dict, proof: dict) -> int:
    """Return what the prices prove, in exact whole numbers, over every triple."""
    capacity = territory["offer_capacity"].astype(np.int64)
    total = int(proof["dwelling_price"].sum()) + int(capacity @ proof["offer_price"])
    credit = np.zeros(territory["share_weight"].shape[1:], dtype=np.int64)
    for weight, constant, price in zip(
        territory["share_weight"], territory["share_constant"].tolist(), proof["share_price"].tolist(), strict=True
    ):
        credit -= (-price * weight) // 1000
        total -= (-price * constant) // 1000
    start = territory["pair_start"]
    first = 0
    while first < start.size - 1:
        last = max(int(np.searchsorted(start, start[first] + AT_ONCE, "right")) - 1, first + 1)
        total += surplus_of(territory, facts, proof, credit, first, last)
        first = last
    return total


def surplus_of(territory: dict, facts: dict, proof: dict, credit: np.ndarray, first: int, last: int) -> int:
    """Return the sum of what households ``first`` to ``last`` keep at these prices."""
    start = territory["pair_start"][first:last + 1]
    household = np.repeat(np.arange(first, last), np.diff(start))
    dwelling = territory["pair_dwelling"][start[0]:start[-1]]
    lease = territory["pair_chance"][start[0]:start[-1]].astype(np.int64)
    gain = alone(territory["alone_worth"][household], lease) - proof["dwelling_price"][dwelling]
    gain += credit[territory["household_class"][household], territory["dwelling_class"][dwelling]]
    for k in (0, 1):
        seeker = territory["seeker_start"][household] + k
        pair = np.flatnonzero(seeker < territory["seeker_start"][household + 1])
        for part in np.array_split(pair, max(pair.size // 40_000, 1)):
            who = seeker[part]
            group, fit = spread(territory["fit_start"][who], territory["fit_start"][who + 1])
            if not group.size:
                continue
            at = part[group]
            offer = territory["fit_offer"][fit]
            worth = job(territory, facts, household[at], lease[at], territory["fit_chance"][fit], dwelling[at], offer)
            worth = np.where(worth > 0, worth - proof["offer_price"][offer], 0)
            opens = np.flatnonzero(np.diff(group, prepend=-1))
            gain[at[opens]] += np.maximum(np.maximum.reduceat(worth, opens), 0)
    best = np.zeros(last - first, dtype=np.int64)
    np.maximum.at(best, household - first, gain)
    return int(best.sum())


def spread(start: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return every number from ``start[g]`` to ``stop[g]``, and the ``g`` that each comes from."""
    count = stop - start
    group = np.repeat(np.arange(count.size), count)
    return group, np.arange(group.size) - np.repeat(np.cumsum(count) - count, count) + start[group]


def alone(worth: np.ndarray, lease: np.ndarray) -> np.ndarray:
    """Return the value of a home without a job."""
    return np.floor((worth * lease).astype(float) * 1e-4 + 0.5).astype(np.int64)


def job(
    territory: dict, facts: dict, household: np.ndarray, lease: np.ndarray, hire: np.ndarray, dwelling: np.ndarray,
    offer: np.ndarray,
) -> np.ndarray:
    """Return the value of jobs, 0 out of reach; products and a square root, in the order of the engine."""
    step = (territory["offer_m"][offer] - territory["dwelling_m"][dwelling]).astype(np.int64)
    square = (step[:, 0] ** 2 + step[:, 1] ** 2).astype(float)
    reach = territory["reach_m"][household].astype(np.int64)
    near = 1.0 - float(facts["commute_per_mille"]) * np.sqrt(square) / (reach * 1000).astype(float)
    worth = (territory["job_worth"][household] * lease * hire.astype(np.int64)).astype(float)
    value = np.floor(worth * near * 1e-8 + 0.5).astype(np.int64)
    return np.where(square > (reach * reach).astype(float), 0, value)


def points(millionths: int) -> str:
    """Return a value as people read it."""
    return f"{millionths / 1_000_000:.6f}".replace(".", ",")


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""
Verify the timetable of an event without the software that made it: standard library only.

    python tools/check_timetable.py EMPLOI-DU-TEMPS.json...

The file is what ``untoit.core.timetabling.record`` gives: the event, the meetings, those that a person imposed, and the
prices of the bound (hundredths of a point by group of tables and slot). Prints French lines, exits with 0 when
everything holds, 1 when something does not, 2 when a file cannot be read.

What is verified: no table and no person is in two meetings, nobody meets a stand twice or while it is closed, every
rule whose level is ``impossible`` or ``must`` holds (one broken by an imposed meeting is printed, not refused), every
imposed meeting is there; the value, recomputed; and the bound, recomputed from the prices: at these prices everybody
spends the event as suits them best, alone or with their household, and the sum of what they keep and of the price of
everything that there is to give is above the worth of any timetable (weak duality). The best visit of a person is
searched here exactly, by a programme that shares nothing with the engine's.

A visit whose imposed meetings break a binding rule among themselves is left as it was imposed. Maxima bind whatever
their level; so does the common talk of a household, unless it is ignored.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

KINDS = ("employer", "housing", "desk")
NO = -(10**9)


def main() -> int:
    """Verify each file and say what was found."""
    refused = False
    for name in sys.argv[1:]:
        try:
            wrong, lines = verify(json.loads(Path(name).read_text("utf-8")))
        except (OSError, KeyError, ValueError, TypeError) as error:
            print(f"{name} : illisible ou incomplet : {error!r}", file=sys.stderr)
            return 2
        for line in [*(f"ERREUR : {one}" for one in wrong), *lines]:
            print(f"{name} : {line}")
        print(f"{name} : " + ("refusé." if wrong else "aucune règle n’est enfreinte, la borne est juste."))
        refused |= bool(wrong)
    return int(refused or not sys.argv[1:])


def verify(event: dict) -> tuple[list[str], list[str]]:
    """Return what is wrong with a recorded timetable, and what is worth saying about it."""
    world = World(event)
    wrong, lines = world.rules()
    value = world.value()
    lines.append(f"{len(world.meetings)} rencontres, valeur {value}, borne {event['bound']}.")
    if value != event["value"]:
        wrong.append(f"la valeur annoncée est {event['value']}, celle des rencontres est {value}.")
    if event["prices"] is not None:
        bound = world.bound()
        lines.append(f"borne prouvée par les prix : {bound}.")
        if bound > event["bound"]:
            wrong.append(f"la borne annoncée est {event['bound']}, les prix prouvent {bound}.")
    if value > event["bound"] and not wrong:
        wrong.append("la valeur dépasse la borne.")
    return wrong, lines


class World:
    """The recorded event, ready for questions."""

    def __init__(self, event: dict) -> None:
        self.event, self.slots = event, event["slots"]
        self.stands = {stand["id"]: stand for stand in event["stands"]}
        self.people = {one["id"]: one for one in event["candidates"]}
        self.meetings = [tuple(one) for one in event["meetings"]]
        self.imposed = {tuple(one) for one in event["imposed"]}
        self.weights, self.levels = event["weights"], event["breaks"]
        self.walking = {(a, b): n for a, b, n in event["walking"]} | {(b, a): n for a, b, n in event["walking"]}
        families = defaultdict(list)
        for one in event["candidates"]:
            if one["household"]:
                families[one["household"]].append(one["id"])
        self.families = {name: ids for name, ids in families.items() if len(ids) > 1}
        self.forbidden = {tuple(pair) for pair in event["forbidden"]}
        self.of = defaultdict(list)
        for one in sorted(self.meetings, key=lambda one: one[3]):
            self.of[one[0]].append(one)

    def together(self, who: dict) -> list[str]:
        """Return the members of the household of this person, when their talk is common."""
        return self.families.get(who["household"], []) if self.levels["household"] != "ignore" else []

    def binds(self, rule: str) -> bool:
        return self.levels.get(rule, "impossible") in ("impossible", "must")

    def length(self, stand: str) -> int:
        return self.event["housing_length"] if self.stands[stand]["kind"] == "housing" else 1

    def steps(self, a: str, b: str) -> int:
        return self.walking.get((a, b), int(a != b))

    def most(self, who: dict, kind: str) -> int:
        most = who["most"][kind]
        return min(most, 1) if kind == "housing" and who["household"] else most

    def wish(self, who: dict, stand: str) -> dict | None:
        """Return the wish for a stand; the common talk may be the wish of another member."""
        for wish in who["wishes"]:
            if wish["stand"] == stand:
                return wish
        if self.stands[stand]["kind"] == "housing":
            for other in self.together(who):
                if any(wish["stand"] == stand for wish in self.people[other]["wishes"]):
                    return {"stand": stand, "score": 0, "wanted": False, "languages": []}
        return None

    def broken_alone(self, who: dict, stand: str, slot: int) -> list[str]:
        """Return the families of rules that a meeting breaks by itself, tables aside."""
        place, end, wish = self.stands[stand], slot + self.length(stand), self.wish(who, stand)
        found = [] if wish else ["wish"]
        if (who["id"], stand) in self.forbidden:
            found.append("forbidden")
        if slot < who["arrives"]:
            found.append("arrival")
        if who["leaves"] is not None and end > who["leaves"]:
            found.append("leaving")
        if self.event["waves"]:
            first, last = self.event["waves"][who["wave"]]
            if slot < first or end > last:
                found.append("wave")
        if who["needs_accessible"] and not place["accessible"]:
            found.append("accessible")
        if who["needs_language"] and who["needs_language"] not in {
            *place["languages"], *(wish["languages"] if wish else ())
        }:
            found.append("language")
        return found

    def broken_visit(self, who: dict, visit: list[tuple]) -> list[tuple[str, tuple]]:
        """Return (rule, meeting) for what the meetings of a person break, tables aside; sorted by slot."""
        found, counts, seen, run, last = [], Counter(), set(), 0, None
        for one in sorted(visit, key=lambda one: one[3]):
            _, stand, _, slot = one
            kind = self.stands[stand]["kind"]
            found += [(rule, one) for rule in self.broken_alone(who, stand, slot)]
            if stand in seen:
                found.append(("again", one))
            seen.add(stand)
            counts[kind] += 1
            if counts[kind] > self.most(who, kind):
                found.append(("count", one))
            free = slot - last[3] - self.length(last[1]) if last else None
            if free is not None and free < 0:
                found.append(("twice", one))
            elif free is not None and free < self.steps(self.stands[last[1]]["room"], self.stands[stand]["room"]):
                found.append(("walking", one))
            run = run + 1 if free == 0 else 1
            if run > self.event["max_run"]:
                found.append(("rest", one))
            late = kind == "employer" and counts["housing"] and who["housing_after"] is True
            early = kind == "housing" and counts["employer"] and who["housing_after"] is False
            if late or early:
                found.append(("order", one))
            last = one
        return found

    def rules(self) -> tuple[list[str], list[str]]:
        """Return the broken rules that bind, and those that imposed meetings break."""
        found = [("absent", one) for one in self.imposed - set(self.meetings)]
        found += [("double", one) for one, times in Counter(self.meetings).items() if times > 1]
        held = defaultdict(list)
        for one in self.meetings:
            who, stand, table, slot = one
            closed = self.stands[stand]["closed"]
            span = range(slot, slot + self.length(stand))
            if not 0 <= table < len(closed) or slot < 0 or span.stop > self.slots:
                found.append(("unknown", one))
                continue
            if set(span) & set(closed[table]):
                found.append(("closed", one))
            for at in span:
                held[stand, table, at].append(one)
        for (stand, _, _), some in held.items():
            homes = {self.people[one[0]]["household"] for one in some}
            names = {one[0] for one in some}
            common = self.stands[stand]["kind"] == "housing" and len({one[3] for one in some}) == 1 \
                and len(homes) == 1 and names <= set(self.together(self.people[some[0][0]]))
            if len(some) > 1 and not common:
                found += [("table", one) for one in some]
        for who in self.people.values():
            found += self.broken_visit(who, self.of[who["id"]])
        found += self.broken_families()
        wrong, lines = [], []
        for rule, one in found:
            if rule in ("absent", "double", "unknown") or self.binds(rule):
                mine = {other for other in self.imposed if other[0] == one[0] or other[1] == one[1]}
                sentence = f"{rule} : {' / '.join(map(str, one))}"
                (lines if mine and rule not in ("absent", "double") else wrong).append(
                    f"verrou : {sentence}" if mine else sentence
                )
        return wrong, lines

    def broken_families(self) -> list[tuple[str, tuple]]:
        """Return what the members of the households break between them."""
        found = []
        for ids in self.families.values():
            present = {one for one in ids if not self.people[one]["standby"]}
            talks, busy = defaultdict(set), defaultdict(set)
            for name in ids:
                for one in self.of[name]:
                    if self.stands[one[1]]["kind"] == "housing":
                        talks[one[1:]].add(name)
                    if self.people[name]["minds_children"]:
                        for slot in range(one[3], one[3] + self.length(one[1])):
                            busy[slot].add(one[1:])
            if self.levels["household"] != "ignore":
                found += [("household", (min(names), *place)) for place, names in talks.items()
                          if not names >= present]
            found += [("children", (ids[0], *min(places))) for places in busy.values() if len(places) > 1]
        return found

    def value(self) -> int:
        """Return what the meetings are worth."""
        return sum(self.worth(who, self.of[who["id"]]) for who in self.people.values())

    def worth(self, who: dict, visit: list[tuple]) -> int:
        """Return what a visit is worth, in points."""
        total, counts, busy = 0, Counter(), set()
        for _, stand, _, slot in visit:
            wish = self.wish(who, stand)
            counts[self.stands[stand]["kind"]] += 1
            busy |= set(range(slot, slot + self.length(stand)))
            if wish:
                total += wish["score"] + self.weights["wanted"] * wish["wanted"]
        if not who["standby"]:
            lacking = sum(max(who["least"][kind] - counts[kind], 0) for kind in KINDS)
            total -= self.weights["missing"] * lacking
        waited = max(busy) - min(busy) + 1 - len(busy) if busy else 0
        total -= self.weights["idle"] * waited
        total -= self.weights["long_wait_cost"] * max(waited - self.weights["long_wait"], 0)
        warned = [rule for rule, _ in self.broken_visit(who, visit) if self.levels.get(rule) == "warn"]
        return total - self.weights["warn"] * len(warned)

    # The bound -------------------------------------------------------------------------------------------------

    def bound(self) -> int:
        """Return the bound that the prices prove, in points."""
        self.check_capacity()
        prices = self.event["prices"]
        total = sum(
            price * left for group in prices for price, left in zip(group["price"], group["capacity"], strict=True)
        )
        active = [who for who in self.people.values() if not who["standby"] or self.locks(who)]
        frozen = [who["id"] for who in active if self.frozen(who)]
        done = set()
        for who in active:
            if who["id"] in done:
                continue
            family = [self.people[one] for one in self.together(who) if self.people[one] in active] or [who]
            done |= {one["id"] for one in family}
            if len(family) == 1:
                total += 100 * self.worth(who, self.locks(who)) if who["id"] in frozen else self.keeps(who)
            else:
                total += self.family_keeps(family, frozen)
        return total // 100

    def family_keeps(self, family: list[dict], frozen: list[str]) -> int:
        """Return what a household keeps: its members come together to one talk, paid once, or to none."""
        stuck = any(one["id"] in frozen for one in family)
        talks = {lock[1:] for one in family for lock in self.locks(one) if self.stands[lock[1]]["kind"] == "housing"}
        if stuck or talks:
            total = 0
            for one in family:
                if one["id"] in frozen:
                    total += 100 * self.worth(one, self.locks(one))
                else:
                    total += self.keeps(one, self.implied(one, talks) if len(talks) == 1 else None, (None, 0))
            return total
        if all(self.most(one, "housing") for one in family):
            wished = {wish["stand"] for one in family for wish in one["wishes"]
                      if self.stands[wish["stand"]]["kind"] == "housing"}
        else:
            wished = set()
        best = sum(self.keeps(one, None, (None, 0)) for one in family)
        for stand in sorted(wished):
            for slot in range(self.slots - self.length(stand) + 1):
                price = self.price(stand, slot)
                if price is not None and all(self.gain(one, stand, slot) > NO for one in family):
                    best = max(best, sum(self.keeps(one, None, (stand, slot)) for one in family) - price)
        return best

    def implied(self, who: dict, talks: set[tuple]) -> tuple | None:
        """Return the imposed talk of another member, when this one can come."""
        (talk,) = talks
        if any(lock[1:] == talk for lock in self.locks(who)):
            return None
        mine = [*self.locks(who), (who["id"], *talk)]
        return None if any(self.binds(rule) for rule, _ in self.broken_visit(who, mine)) else mine[-1]

    def locks(self, who: dict) -> list[tuple]:
        return sorted((one for one in self.imposed if one[0] == who["id"]), key=lambda one: one[3])

    def frozen(self, who: dict) -> bool:
        """Whether the imposed meetings break a binding rule among themselves."""
        alone = {(rule, one) for one in self.locks(who) for rule in self.broken_alone(who, one[1], one[3])}
        return any(self.binds(rule) and (rule, one) not in alone
                   for rule, one in self.broken_visit(who, self.locks(who)))

    def check_capacity(self) -> None:
        """Refuse prices that are negative, or that count other tables than those that are left to give."""
        taken, seen = defaultdict(set), set()
        for _, stand, table, slot in self.imposed:
            taken[stand, table] |= set(range(slot, slot + self.length(stand)))
        for group in self.event["prices"]:
            closed = self.stands[group["stand"]]["closed"]
            for table in group["tables"]:
                if (group["stand"], table) in seen:
                    raise ValueError("une table est dans deux groupes")
                seen.add((group["stand"], table))
            for slot in range(self.slots):
                left = sum(
                    slot not in closed[table] and slot not in taken[group["stand"], table] for table in group["tables"]
                )
                if left != group["capacity"][slot] or group["price"][slot] < 0:
                    raise ValueError(f"groupe {group['stand']}, créneau {slot} : capacité ou prix")
        if len(seen) != sum(len(stand["closed"]) for stand in self.stands.values()):
            raise ValueError("une table n’est dans aucun groupe")

    def price(self, stand: str, slot: int) -> int | None:
        """Return the cheapest price of a meeting that starts there, ``None`` without table."""
        span = range(slot, slot + self.length(stand))
        costs = [
            sum(group["price"][at] for at in span) for group in self.event["prices"]
            if group["stand"] == stand and all(group["capacity"][at] > 0 for at in span)
        ]
        return min(costs, default=None)

    def gain(self, who: dict, stand: str, slot: int, imposed: bool = False) -> int:
        """Return the worth of a meeting by itself, in hundredths, ``NO`` when it cannot be."""
        rules = self.broken_alone(who, stand, slot)
        span = set(range(slot, slot + self.length(stand)))
        if not imposed and (
            any(self.binds(rule) for rule in rules)
            or all(span & set(closed) for closed in self.stands[stand]["closed"])
        ):
            return NO
        wish = self.wish(who, stand)
        points = wish["score"] + self.weights["wanted"] * wish["wanted"] if wish else 0
        return 100 * (points - self.weights["warn"] * sum(self.levels.get(rule) == "warn" for rule in rules))

    def keeps(self, who: dict, implied: tuple | None = None, talk: tuple | None = None) -> int:
        """
        Return what the best visit of a person keeps at these prices, in hundredths.

        ``implied``: an imposed meeting more. ``talk``: the (stand, slot) of the common talk, already paid for, and
        ``(None, 0)`` for none; without it talks are chosen and paid like the rest.
        """
        locks = {one[1]: one[3] for one in [*self.locks(who), *([implied] if implied else [])]}
        gains: dict[str, dict[int, int]] = {stand: {slot: self.gain(who, stand, slot, True)}
                                            for stand, slot in locks.items()}
        must = set(locks)
        wished = {wish["stand"] for wish in who["wishes"]}
        for other in self.together(who):
            wished |= {wish["stand"] for wish in self.people[other]["wishes"]
                       if self.stands[wish["stand"]]["kind"] == "housing"}
        for stand in wished - set(locks):
            if self.stands[stand]["kind"] == "housing" and talk is not None:
                if talk[0] == stand:
                    gains[stand] = {talk[1]: self.gain(who, stand, talk[1])}
                    must.add(stand)
                continue
            net = {}
            for slot in range(self.slots - self.length(stand) + 1):
                gain, price = self.gain(who, stand, slot), self.price(stand, slot)
                if gain > NO and price is not None:
                    net[slot] = gain - price
            if net:
                gains[stand] = net
        held = Counter(self.stands[stand]["kind"] for stand in locks)
        most = {kind: max(self.most(who, kind), held[kind]) for kind in KINDS}
        return self.best(who, gains, must, most)

    def best(self, who: dict, gains: dict, must: set[str], most: dict[str, int]) -> int:
        """Search the best visit: slot by slot, every state (room, meetings in a row, slots waited, stands seen)."""
        names = sorted(gains, key=lambda stand: (KINDS.index(self.stands[stand]["kind"]), stand))
        kind_of = [KINDS.index(self.stands[stand]["kind"]) for stand in names]
        limit = [most[kind] for kind in KINDS]
        least = [0, 0, 0] if who["standby"] else [who["least"][kind] for kind in KINDS]
        required = sum(1 << n for n, stand in enumerate(names) if stand in must)
        idle, missing, warn = (100 * self.weights[name] for name in ("idle", "missing", "warn"))
        masks = [sum(1 << n for n, kind in enumerate(kind_of) if kind == k) for k in range(3)]
        furthest = max((self.steps(self.stands[a]["room"], self.stands[b]["room"]) for a in names for b in names),
                       default=0)
        best = NO

        def final(worth: int, mask: int) -> int:
            return worth - missing * sum(max(least[k] - (mask & masks[k]).bit_count(), 0) for k in range(3))

        if not required:
            best = final(0, 0)
        later = [[max((g for s, g in gains[name].items() if s >= t), default=NO) for name in names]
                 for t in range(self.slots + 1)]
        hopes: dict[tuple[int, int], int] = {}

        def hope(t: int, mask: int) -> int:
            """Return the most that meetings from slot t on can still bring to those of the mask."""
            if (t, mask) not in hopes:
                total = 0
                for k in range(3):
                    count = (mask & masks[k]).bit_count()
                    rest = sorted((later[t][n] for n in range(len(names)) if kind_of[n] == k and not mask >> n & 1),
                                  reverse=True)
                    sums, top = 0, -missing * max(least[k] - count, 0)
                    for more, gain in enumerate(rest[: limit[k] - count], start=1):
                        if gain <= NO:
                            break
                        sums += gain
                        top = max(top, sums - missing * max(least[k] - count - more, 0))
                    total += top
                hopes[t, mask] = total
            return hopes[t, mask]

        states: list[dict[tuple, int]] = [{} for _ in range(self.slots + 1)]
        for t in range(self.slots + 1):
            here = states[t]
            here[None, 0, 0, 0] = 0
            for (room, run, waited, mask), worth in list(here.items()):
                if run and not required & ~mask:
                    best = max(best, final(worth, mask))
                if t == self.slots or (worth + hope(t, mask) <= best and not required & ~mask):
                    continue
                if room is not None:
                    key = room, 0, min(waited + 1, max(furthest, 1)), mask
                    if worth - idle > states[t + 1].get(key, NO):
                        states[t + 1][key] = worth - idle
                for n, name in enumerate(names):
                    if mask >> n & 1 or t not in gains[name]:
                        continue
                    k = kind_of[n]
                    if (mask & masks[k]).bit_count() >= limit[k]:
                        continue
                    cost, to = 0, self.stands[name]["room"]
                    rules = []
                    if room is not None and self.steps(room, to) > (0 if run else waited):
                        rules.append("walking")
                    if run >= self.event["max_run"]:
                        rules.append("rest")
                    if (who["housing_after"] is True and k == 0 and mask & masks[1]) or (
                        who["housing_after"] is False and k == 1 and mask & masks[0]
                    ):
                        rules.append("order")
                    if any(self.binds(rule) for rule in rules):
                        continue
                    cost = warn * sum(self.levels[rule] == "warn" for rule in rules)
                    key = to, min(run + 1, self.event["max_run"]), 0, mask | 1 << n
                    end = t + self.length(name)
                    if worth + gains[name][t] - cost > states[end].get(key, NO):
                        states[end][key] = worth + gains[name][t] - cost
            here.clear()
        return best


if __name__ == "__main__":
    sys.exit(main())

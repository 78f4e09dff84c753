"""The kind of vehicle of a line, in French, from the ``route_type`` of GTFS, extended types included."""

from __future__ import annotations

BASIC = {
    0: "tram", 1: "métro", 2: "train", 3: "bus", 4: "ferry", 5: "tram à câble", 6: "téléphérique", 7: "funiculaire",
    11: "trolleybus", 12: "monorail",
}  # fmt: skip
# https://developers.google.com/transit/gtfs/reference/extended-route-types, by hundreds …
EXTENDED = {
    1: "train", 2: "car", 3: "train", 4: "métro", 5: "métro", 6: "métro", 7: "bus", 8: "trolleybus", 9: "tram",
    10: "bateau", 11: "avion", 12: "ferry", 13: "téléphérique", 14: "funiculaire", 15: "taxi", 17: "transport",
}  # fmt: skip
# … and those that mean something else to a passenger.
SCHOOL = 712
PARTICULAR = {405: "monorail", SCHOOL: "bus scolaire", 713: "bus scolaire", 715: "transport à la demande", 717: "taxi"}


def kind_in_french(route_type: int) -> str:
    """Return ``métro``, ``tram``, ``bus`` …; ``transport`` for a type that no list knows."""
    return PARTICULAR.get(route_type) or BASIC.get(route_type) or EXTENDED.get(route_type // 100, "transport")

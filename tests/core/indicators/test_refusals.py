"""Refusals by code, family and place, small cells masked."""

from datetime import date

from untoit.core.indicators.refusals import Refusal, by_family, by_place, by_reason

ON = date(2026, 11, 23)


def refusals(commune, *codes):
    """One refusal a tuple of codes, in that commune."""
    return [Refusal(f"{commune}-{n}", each if isinstance(each, tuple) else (each,), commune, ON)
            for n, each in enumerate(codes)]


def test_a_refusal_counts_once_in_a_family():
    both = refusals("59512", *[("LOCATION", "NO_TRANSPORT", "RENT_TOO_HIGH")] * 6)

    assert {code: (cell.share.count, cell.share.of) for code, cell in by_family(both, ON).items()} == {
        "COST": (6, 6), "LOCATION": (6, 6)
    }
    assert list(by_reason(both, ON)) == ["LOCATION", "NO_TRANSPORT", "RENT_TOO_HIGH"]


def test_small_cells_are_masked():
    found = by_reason(refusals("59512", *["TOO_SMALL"] * 6, *["LAYOUT"] * 4), ON)

    assert (found["TOO_SMALL"].text, found["LAYOUT"].text) == ("6 sur 10, soit 60,0\u202f%", "masqué")
    assert by_reason(refusals("59512", "LAYOUT"), ON)["LAYOUT"].share is None


def test_an_unknown_code_is_in_no_family():
    assert by_family(refusals("59512", *["INVENTED"] * 6), ON) == {}


def test_places_are_in_order_of_share_and_masked_ones_last():
    drawn = [
        *refusals("59350", *["LOCATION"] * 6, *["RENT_TOO_HIGH"] * 14),
        *refusals("59512", *["LOCATION"] * 9, *["RENT_TOO_HIGH"] * 3),
        *refusals("59599", *["NO_TRANSPORT"] * 4, *["RENT_TOO_HIGH"] * 6),
        *refusals("59009", *["NO_TRANSPORT"] * 4, *["RENT_TOO_HIGH"] * 9),
    ]

    found = by_place(drawn, "LOCATION", ON, names={"59512": "Roubaix"})

    assert list(found) == ["59512", "59350", "59009", "59599"]
    assert [cell.text for cell in found.values()] == [
        "9 sur 12, soit 75,0\u202f%", "6 sur 20, soit 30,0\u202f%", "masqué", "masqué"
    ]
    assert found["59512"].label == "Roubaix"


def test_a_masked_place_cannot_be_found_from_the_total():
    drawn = [*refusals("59350", *["LOCATION"] * 20), *refusals("59512", *["LOCATION"] * 2),
             *refusals("59599", *["LOCATION"] * 8)]

    found = by_place(drawn, "LOCATION", ON)

    assert sum(cell.share is None for cell in found.values()) >= 2

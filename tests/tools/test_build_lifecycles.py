"""The generated page of the follow-up tables."""

from tools.build_lifecycles import FILE, TRACKS, page


def test_generated_page_is_up_to_date():
    assert FILE.read_text("utf-8") == page(), "run: python -m tools.build_lifecycles"


def test_every_act_is_published_with_its_source():
    published = page()

    for _, _, table, sources in TRACKS:
        for one in table.transitions:
            assert f"| `{one.action}` | {one.label} |" in published
            assert sources[one.action] in published

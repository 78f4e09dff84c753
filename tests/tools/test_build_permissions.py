"""The generated page of the permissions."""

from tools.build_permissions import TARGET, page


def test_the_page_is_up_to_date():
    assert TARGET.read_text("utf-8") == page(), "run: python tools/build_permissions.py"

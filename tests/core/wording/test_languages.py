"""Names of languages."""

from untoit.core.wording import languages


def test_a_language_has_its_french_name_and_an_unknown_one_its_code():
    assert languages.name("fr") == "français"
    assert languages.name("ti") == "tigrigna"
    assert languages.name("xx") == "xx"
    assert languages.name("") == ""


def test_a_language_that_a_screen_offers_has_a_french_name():
    assert [code for code in languages.OWN_NAMES if languages.name(code) == code] == []

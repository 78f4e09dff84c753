"""Timetables come from public addresses only; what went wrong is told."""

import pytest
from tests.factories.records import NOW, scheme

from untoit.core.errors import Conflict, Refused, UnusableInput
from untoit.records.pairings import timetables
from untoit.records.pairings.download import download, public_address

INNER = ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "::1", "0.0.0.0", "fe80::1"]


@pytest.mark.parametrize("host", INNER)
def test_an_inner_address_is_refused(host):
    with pytest.raises(UnusableInput, match="adresse interne"):
        public_address(host)


@pytest.mark.parametrize("url", [
    "http://reseau.example/gtfs.zip", "file:///etc/passwd", "https://moi:secret@reseau.example/gtfs.zip",
    "https://reseau.example:8443/gtfs.zip", "ftp://reseau.example/gtfs.zip",
])
def test_only_plain_https_addresses_are_brought(url):
    with pytest.raises(UnusableInput, match="https://"):
        list(download(url, most_bytes=10))


@pytest.mark.django_db
def test_a_timetable_that_cannot_be_brought_says_why_and_can_be_asked_again(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.TIMETABLE_URLS = {"Intérieur": "https://127.0.0.1/gtfs.zip"}
    lead = scheme().actor("LM")
    with pytest.raises(Refused):
        timetables.ask_fetch(name="Ailleurs", by=lead, at=NOW)

    asked = timetables.ask_fetch(name="Intérieur", by=lead, at=NOW)
    with pytest.raises(Conflict):
        timetables.ask_fetch(name="Intérieur", by=lead, at=NOW)
    done = timetables.fetch(fetch_id=asked.pk, at=NOW)

    assert done.feed is None
    assert "adresse interne" in done.failure
    assert not list((tmp_path / "horaires").iterdir())
    assert timetables.fetch(fetch_id=asked.pk, at=NOW).done_at == done.done_at
    assert timetables.ask_fetch(name="Intérieur", by=lead, at=NOW).pk != asked.pk

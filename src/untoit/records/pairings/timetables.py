"""Timetables: received, checked, kept under the hash of their content, retired."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from untoit.core.errors import Conflict, Refused, UnusableInput
from untoit.core.mobility.network import Network, open_network
from untoit.records.pairings.models import Feed, FeedFetch
from untoit.records.partners import journal
from untoit.records.partners.rights import WRITE, Actor, require

MOST_BYTES = 200_000_000
# What a zip of this size may unpack to: a timetable of a large city is ten times its archive, a bomb is a thousand.
MOST_UNPACKED_BYTES = 4_000_000_000


def folder() -> Path:
    """Return where the archives lie."""
    return Path(settings.DATA_DIR) / "horaires"


def archive(sha256: str) -> Path:
    """Return where the archive of this content lies."""
    return folder() / f"{sha256}.zip"


def compiled() -> Path:
    """Return where the compiled timetables are kept; what is missing there is made again."""
    return Path(settings.DATA_DIR) / "horaires-compiles"


def network_of(feeds: Iterable[Feed]) -> Network:
    """
    Return the network of these timetables, in the order of their content so that the choice of a list changes nothing.

    Raises
    ------
    UnusableInput
        When an archive is no longer in the folder of the installation.
    """
    paths = [archive(sha256) for sha256 in sorted(feed.sha256 for feed in feeds)]
    if any(not path.exists() for path in paths):
        raise UnusableInput("Un fichier d'horaires de ce calcul n'est plus dans le dossier des données : déposez-le "
                            "de nouveau dans « Horaires ».")
    return open_network(paths, cache=compiled())


def add_feed(
    *, name: str, content: Iterable[bytes], by: Actor, at: datetime, source_url: str = ""
) -> Feed:
    """
    Check an archive, keep it, and return its record; the same content again, or once retired, is the same record.

    Raises
    ------
    UnusableInput
        When the archive cannot be used; the sentence says why.
    """
    require(by, "run_settings", WRITE)
    assert by.organisation_id is not None
    sha256, network = _kept(content)
    return _record(
        name=name, sha256=sha256, network=network, organisation_id=by.organisation_id, user_id=by.user_id, by=by, at=at,
        source_url=source_url,
    )


@transaction.atomic
def _record(
    *, name: str, sha256: str, network: Network, organisation_id: UUID, user_id: UUID | None, by: Actor | None,
    at: datetime, source_url: str,
) -> Feed:
    # Two people may hand over the same timetable at the same second: the constraint chooses, both read the same row.
    Feed.objects.bulk_create([Feed(
        organisation_id=organisation_id, name=name.strip()[:120] or network.feed.label[:120], sha256=sha256,
        source_url=source_url, valid_from=network.valid_from, valid_until=network.valid_until, stops=network.stops,
        trips=len(network.feed.trip_route), added_by_id=user_id, added_at=at,
    )], ignore_conflicts=True)
    feed = Feed.objects.select_for_update().get(organisation_id=organisation_id, sha256=sha256)
    if feed.retired_at is not None:
        feed.retired_at = None
        feed.save(update_fields=["retired_at"])
    journal.note_act(by, "feed.added", "feed", feed.pk, at=at, organisation=str(organisation_id), sha256=sha256)
    return feed


@transaction.atomic
def retire_feed(*, feed_id: UUID, by: Actor, at: datetime) -> Feed:
    """Take a timetable off the list offered to new runs; those that used it keep it."""
    require(by, "run_settings", WRITE)
    feed: Feed = Feed.objects.visible_to(by).select_for_update(of=("self",)).get(pk=feed_id)
    if feed.retired_at is not None:
        raise Conflict("Ces horaires ont déjà été retirés de la liste.")
    feed.retired_at = at
    feed.save(update_fields=["retired_at"])
    journal.note_act(by, "feed.retired", "feed", feed.pk, at=at)
    return feed


@transaction.atomic
def restore_feed(*, feed_id: UUID, by: Actor, at: datetime) -> Feed:
    """Put a retired timetable back on the list."""
    require(by, "run_settings", WRITE)
    feed: Feed = Feed.objects.visible_to(by).select_for_update(of=("self",)).get(pk=feed_id)
    if feed.retired_at is None:
        raise Conflict("Ces horaires sont déjà dans la liste.")
    feed.retired_at = None
    feed.save(update_fields=["retired_at"])
    journal.note_act(by, "feed.restored", "feed", feed.pk, at=at)
    return feed


@transaction.atomic
def ask_fetch(*, name: str, by: Actor, at: datetime) -> FeedFetch:
    """Ask the worker to bring the timetable of an address of the installation (``settings.TIMETABLE_URLS``)."""
    from untoit.records.pairings import tasks

    require(by, "run_settings", WRITE)
    url = settings.TIMETABLE_URLS.get(name)
    if url is None:
        raise Refused("Cette adresse n'est pas parmi celles que l'installation autorise.")
    if FeedFetch.objects.visible_to(by).filter(url=url, done_at__isnull=True).exists():
        raise Conflict("Ces horaires ont déjà été demandés : ils arrivent.")
    fetch = FeedFetch.objects.create(
        organisation_id=by.organisation_id, name=name, url=url, asked_by_id=by.user_id, asked_at=at
    )
    journal.note_act(by, "feed.asked", "feed_fetch", fetch.pk, at=at)
    tasks.fetch_feed.defer(fetch_id=str(fetch.pk))
    return fetch


def fetch(*, fetch_id: UUID, at: datetime) -> FeedFetch:
    """Bring a timetable that was asked for; a second call for the same request does nothing."""
    from untoit.records.pairings.download import download

    asked = FeedFetch.objects.get(pk=fetch_id)
    if asked.done_at is not None:
        return asked
    try:
        sha256, network = _kept(download(asked.url, most_bytes=MOST_BYTES))
        asked.feed = _record(
            name=asked.name, sha256=sha256, network=network, organisation_id=asked.organisation_id,
            user_id=asked.asked_by_id, by=None, at=at, source_url=asked.url,
        )
    except UnusableInput as refusal:
        asked.failure = refusal.sentence[:500]
    asked.done_at = at
    asked.save(update_fields=["feed", "failure", "done_at"])
    return asked


def _kept(content: Iterable[bytes]) -> tuple[str, Network]:
    """Check an archive and put it under the hash of its content; nothing is left of one that cannot be used."""
    received, sha256 = _received(content)
    try:
        network = _checked(received)
        received.replace(archive(sha256))
    finally:
        received.unlink(missing_ok=True)
    return sha256, network


def _received(content: Iterable[bytes]) -> tuple[Path, str]:
    """Write the archive beside its place and return it with its hash: nobody can see half of it under its name."""
    folder().mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder(), suffix=".partiel")
    path, digest, size = Path(name), hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in content:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise UnusableInput(f"Ce fichier dépasse {MOST_BYTES // 1_000_000} Mo : ce n'est pas un fichier "
                                        "d'horaires habituel.")
                digest.update(chunk)
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest()


def _checked(path: Path) -> Network:
    try:
        with zipfile.ZipFile(path) as content:
            unpacked = sum(part.file_size for part in content.infolist())
    except zipfile.BadZipFile:
        raise UnusableInput("Ce fichier n'est pas une archive zip. Attendu : un fichier d'horaires GTFS, tel que le "
                            "publie le réseau de transport.") from None
    if unpacked > MOST_UNPACKED_BYTES:
        raise UnusableInput("Cette archive est démesurée une fois ouverte : elle n'a pas été lue.")
    try:
        return open_network([path], cache=compiled())
    except UnusableInput as refusal:
        # The name of the temporary file means nothing to whoever handed the archive over.
        raise UnusableInput(refusal.sentence.replace(path.name, "le fichier")) from None

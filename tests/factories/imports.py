"""An import taken from file to receipt, its background work done at once, in the test's own process."""

from tests.factories.files import DWELLING, HOUSEHOLD, OFFER, PERSON, csv_text
from tests.factories.records import NOW

from untoit.core.exchange import DWELLING_COLUMNS, HOUSEHOLD_COLUMNS, OFFER_COLUMNS, PERSON_COLUMNS
from untoit.core.exchange.columns import IDENTITY_COLUMNS
from untoit.records.intake import processing, services, undoing
from untoit.records.intake.models import Batch

COLUMNS = {
    "menages": HOUSEHOLD_COLUMNS, "personnes": (*PERSON_COLUMNS, *IDENTITY_COLUMNS), "logements": DWELLING_COLUMNS,
    "offres": OFFER_COLUMNS,
}
ROWS = {"menages": HOUSEHOLD, "personnes": PERSON, "logements": DWELLING, "offres": OFFER}


def clock():
    """Return the instant of the tests."""
    return NOW


def file_of(kind, *changes, columns=None):
    """Return a file of this kind as bytes, one good row a mapping of what it changes."""
    return csv_text(columns or COLUMNS[kind], [ROWS[kind] | change for change in changes]).encode()


def received(actor, content, name="fichier.csv", **more):
    """Hand a file over and read it."""
    batch = services.receive(file_name=name, content=content, by=actor, at=actor.at, **more)
    return worked(batch)


def worked(batch):
    """Do the background work that an import waits for and return the import as it then is."""
    processing.read_batch(batch.pk, clock=clock)
    processing.apply_batch(batch.pk, clock=clock)
    undoing.undo_batch(batch.pk, clock=clock)
    return Batch.objects.get(pk=batch.pk)


def confirmed(actor, batch):
    """Confirm an import and record it."""
    services.confirm(batch_id=batch.pk, revision=batch.revision, by=actor, at=actor.at)
    return worked(batch)


def imported(actor, kind, *changes, **more):
    """Import rows of a kind from end to end."""
    return confirmed(actor, received(actor, file_of(kind, *changes), f"{kind}.csv", **more))


def outcomes(batch):
    """Return the outcome of each line."""
    return dict(batch.rows.values_list("line", "outcome"))


def sentences(batch, line):
    """Return what is said of a line, in one text."""
    return " ".join(one["text"] for one in batch.rows.get(line=line).problems)

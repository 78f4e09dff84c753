"""The files that partners hand over and the results that they get back: read with every problem told, written whole."""

from untoit.core.exchange.coherence import cross_check
from untoit.core.exchange.formats import (
    COMMUTE_COLUMNS,
    DWELLING_COLUMNS,
    HOME_COLUMNS,
    HOUSEHOLD_COLUMNS,
    OFFER_COLUMNS,
    OPTION_COLUMNS,
    PERSON_COLUMNS,
    TANDEM_COLUMNS,
    UNPLACED_COLUMNS,
    WORK_COLUMNS,
    Kind,
)
from untoit.core.exchange.readers import (
    NamedPoint,
    Workplace,
    detect_kind,
    read_any,
    read_dwellings,
    read_homes,
    read_households,
    read_offers,
    read_persons,
    read_works,
)
from untoit.core.exchange.rows import cells_of
from untoit.core.exchange.schedules import parse_clock, parse_days, parse_schedule
from untoit.core.exchange.tables import Table
from untoit.core.exchange.writers import Value, replacing, write_csv

__all__ = [
    "COMMUTE_COLUMNS",
    "DWELLING_COLUMNS",
    "HOME_COLUMNS",
    "HOUSEHOLD_COLUMNS",
    "OFFER_COLUMNS",
    "OPTION_COLUMNS",
    "PERSON_COLUMNS",
    "TANDEM_COLUMNS",
    "UNPLACED_COLUMNS",
    "WORK_COLUMNS",
    "Kind",
    "NamedPoint",
    "Table",
    "Value",
    "Workplace",
    "cells_of",
    "cross_check",
    "detect_kind",
    "parse_clock",
    "parse_days",
    "parse_schedule",
    "read_any",
    "read_dwellings",
    "read_homes",
    "read_households",
    "read_offers",
    "read_persons",
    "read_works",
    "replacing",
    "write_csv",
]

"""Legal values, policies and documented assumptions, by date, each with its source and status."""

from untoit.core.parameters.loader import (
    Overrides,
    Parameter,
    at,
    default_of,
    names,
    overriding,
    series,
    version,
)

__all__ = ["Overrides", "Parameter", "at", "default_of", "names", "overriding", "series", "version"]

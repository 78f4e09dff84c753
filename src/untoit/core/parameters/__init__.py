"""Legal values, policies and documented assumptions, by date, each with its source and status."""

from untoit.core.parameters.loader import Parameter, at, names, series, version

__all__ = ["Parameter", "at", "names", "series", "version"]

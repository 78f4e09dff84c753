"""Outcomes that were recorded re-estimate the documented assumptions; a person compares and adopts, or does not."""

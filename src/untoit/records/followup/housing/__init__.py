"""Proposals of dwellings, from the proposal to six months in the home."""

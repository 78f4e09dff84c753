"""Mornings: what waits for me, what changed, search, messages."""

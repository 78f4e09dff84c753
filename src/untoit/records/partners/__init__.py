"""Organisations, the people who work in them, what each may see and do, and the log of who read what."""

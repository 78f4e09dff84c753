"""Homes, timetables, policies, runs and the review of tandems."""

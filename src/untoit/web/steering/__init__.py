"""Aggregates for those who steer and fund."""

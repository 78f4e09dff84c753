"""The candidate's own space."""

"""Figures that say what they are counted among, and the masking of those that would point at somebody."""

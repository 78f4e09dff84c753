"""Candidates, for those who accompany them: landlord, Département, employment partner, partner landlord."""

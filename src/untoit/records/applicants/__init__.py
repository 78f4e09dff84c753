"""The people: households, job seekers, evidence of priority, consents, links with organisations."""

"""Members, invitations and keys of the organisation acted for; one's own account."""

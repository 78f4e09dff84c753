"""Pages for everybody: front page, notices, health of the service."""

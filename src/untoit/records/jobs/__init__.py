"""The employers' side: job offers and whether they are still open."""

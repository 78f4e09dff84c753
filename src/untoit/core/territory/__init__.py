"""Communes, zonings and occupations: facts that change with a new official table, not with a law."""

"""The demonstration territory: the Lille metropolis, real communes and metro, fictitious people and jobs."""

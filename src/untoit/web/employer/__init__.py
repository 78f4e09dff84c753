"""The employer's own space: its offers, and nothing else."""

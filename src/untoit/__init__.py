"""Un toit, un emploi: a home and a job within reach of it, together."""

__version__ = "0.3.0"

"""Read-only: results to tables, pictures and pages."""

"""What is computed, pure: no clock, no database, no network, no setting."""

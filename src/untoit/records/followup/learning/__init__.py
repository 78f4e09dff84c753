"""What the recorded outcomes teach, for a person to adopt."""

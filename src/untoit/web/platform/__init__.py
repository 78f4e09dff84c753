"""The platform's administration and its data protection."""

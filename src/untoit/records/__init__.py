"""Django apps that hold data, cut by who owns it: models, selectors (read), services (write)."""

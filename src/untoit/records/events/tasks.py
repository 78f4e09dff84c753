"""Background work of the events, gathered where procrastinate looks for it."""

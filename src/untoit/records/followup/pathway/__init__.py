"""The pathway of a person: its services, what its pages and its paper read, and the calendars that follow it."""

"""From a timetable to door-to-door minutes."""

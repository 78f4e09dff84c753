"""The use case: from partners' records and a timetable to explained tandems."""

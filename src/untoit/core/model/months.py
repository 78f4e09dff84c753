"""Months on the calendar: deadlines, checks and retention count them the same way."""

from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later (or earlier), or the last day of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


def whole_months(first_day: date, last_day: date) -> int:
    """
    Return how many whole months a stay from the first to the last day lasts, both days included.

    From 2 March to 1 September is six months: the law counts from date to date, the last day being worked.
    """
    if last_day < first_day:
        return 0
    months = (last_day.year - first_day.year) * 12 + last_day.month - first_day.month + 1
    while months and months_after(first_day, months) - timedelta(days=1) > last_day:
        months -= 1
    return months

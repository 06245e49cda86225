"""Dates and numbers in words.

NOTE: Not strftime, whose names depend on the locale.
"""

from datetime import date

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
WEEKDAYS = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
)


def date_in_words(day: date) -> str:
    """Write a date, such as ``3 March 2026``."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def day_in_words(day: date) -> str:
    """Write a date with its weekday, such as ``Tue 3 Mar 2026``."""
    month = _MONTHS[day.month - 1][:3]
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {month} {day.year}"


def month_in_words(day: date) -> str:
    """Write a month, such as ``March 2026``."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def grouped(number: int) -> str:
    """Write a number, such as ``17,777``."""
    return f"{number:,}"


def views(number: int) -> str:
    """Write a number of views."""
    return f"{number:,} {'view' if number == 1 else 'views'}"

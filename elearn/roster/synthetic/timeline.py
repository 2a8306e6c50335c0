"""The days on which the synthetic province changes; none depends on the day of generation."""

from datetime import date

# Units and careers are described from this day on; what was before is of no use to a demo.
FIRST_DAY = date(2011, 1, 1)
PROVINCIAL_CENTRE_DAY = date(2019, 1, 1)
PROGRAMME_DAY = date(2021, 2, 2)
TOWN_DAY = date(2025, 2, 1)
DEPARTMENTS_DAY = date(2025, 3, 1)
REFORM_DAY = date(2025, 7, 1)
SECONDMENT_DAY = date(2026, 1, 15)
REASSIGNMENT_DAY = date(2026, 5, 1)

# Stands for an end nobody knows yet.
OPEN = date.max

# A move in these months would hide behind the two reorganisations.
_REORGANISED = frozenset(date(2025, month, 1) for month in range(2, 8))


def firsts_of_months(first_year: int, last_year: int) -> tuple[date, ...]:
    """Return the first days of all months of the years, without those of the reorganisations."""
    days = (
        date(year, month, 1) for year in range(first_year, last_year + 1) for month in range(1, 13)
    )
    return tuple(day for day in days if day not in _REORGANISED)


MOVING_DAYS = tuple(day for day in firsts_of_months(2021, 2027) if day > PROGRAMME_DAY)

"""Time of a round, its slots, its tickets and the order of a contest: pure decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from elearn.kernel.clock import LOCAL_ZONE, local_day

# What a code of a ticket is made of: nothing that a hand or an eye mistakes for something else.
TICKET_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
TICKET_LENGTH = 12
# Slots of a window longer than a day lie in the hours of offices, Monday to Friday.
_OFFICE_HOURS = time(7), time(17)
_SATURDAY = 5
# A unit's average is not told where fewer took part: it would be the result of a person.
FEWEST_TOLD = 5
# The line is silent when the page has not been heard of for as long.
SILENT_AFTER = timedelta(minutes=1)
# How long a round waits, after the last window has ended, for decisions about incidents.
CLOSES_ITSELF_AFTER = timedelta(days=1)


class Phase(StrEnum):
    """Where a moment lies: before a window, in it, or after it."""

    BEFORE = "BEFORE"
    OPEN = "OPEN"
    AFTER = "AFTER"


@dataclass(frozen=True, slots=True)
class Window:
    """When somebody may sit a round: [starts_at, ends_at + extra_minutes)."""

    starts_at: datetime
    ends_at: datetime
    extra_minutes: int = 0

    @property
    def last_instant(self) -> datetime:
        """When the window ends for him."""
        return self.ends_at + timedelta(minutes=self.extra_minutes)

    def phase(self, now: datetime) -> Phase:
        """Return where ``now`` lies."""
        if now < self.starts_at:
            return Phase.BEFORE
        return Phase.OPEN if now < self.last_instant else Phase.AFTER

    def deadline(self, started_at: datetime, limit_minutes: int | None) -> datetime:
        """Return the deadline of an attempt begun at ``started_at``.

        The earlier of begin + limit + extra and end of the window + extra: who begins late ends
        with the others, and extra time moves both. Without a limit the window alone ends it.
        """
        if limit_minutes is None:
            return self.last_instant
        own = started_at + timedelta(minutes=limit_minutes + self.extra_minutes)
        return min(own, self.last_instant)


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a round's window in which some units sit: [starts_at, ends_at)."""

    starts_at: datetime
    ends_at: datetime


def slots_of(opens_at: datetime, closes_at: datetime, minutes: int) -> list[Slot]:
    """Return the slots of ``minutes`` each that fit into the window, in order, none overlapping.

    A window within one local day is cut from its beginning. A longer one is cut within office
    hours of its weekdays, or of its Saturday and Sunday if it holds no weekday.
    """
    first, last = local_day(opens_at), local_day(closes_at)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if len(days) == 1:
        return _cut(opens_at, closes_at, minutes)
    weekdays = [day for day in days if day.weekday() < _SATURDAY]
    return [
        slot
        for day in weekdays or days
        for slot in _cut(
            max(opens_at, _at(day, _OFFICE_HOURS[0])),
            min(closes_at, _at(day, _OFFICE_HOURS[1])),
            minutes,
        )
    ]


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=LOCAL_ZONE)


def _cut(begin: datetime, end: datetime, minutes: int) -> list[Slot]:
    length = timedelta(minutes=minutes)
    count = max(0, (end - begin) // length)
    return [Slot(begin + length * n, begin + length * (n + 1)) for n in range(count)]


def spread(sizes: Mapping[int, int], slots: Sequence[Slot]) -> dict[int, Slot]:
    """Return a slot for each unit of ``sizes`` ({unit id: people}) so that slots fill evenly.

    The largest units first, each into the slot with the fewest people so far, the earliest of
    those. There must be a slot.
    """
    filled = [0] * len(slots)
    chosen: dict[int, Slot] = {}
    for unit_id, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        place = min(range(len(slots)), key=lambda number: (filled[number], number))
        filled[place] += size
        chosen[unit_id] = slots[place]
    return chosen


def tidy_ticket(text: str) -> str | None:
    """Return the code as it is kept: capitals, without spaces and hyphens; None if it is none."""
    code = "".join(text.upper().replace("-", " ").split())
    is_code = len(code) == TICKET_LENGTH and all(letter in TICKET_LETTERS for letter in code)
    return code if is_code else None


def shown_ticket(code: str) -> str:
    """Return the code as people read it: three groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


@dataclass(frozen=True, slots=True)
class Entry:
    """What counts of a person in a contest; ``forecast`` None: none given; percent 0 to 100."""

    person_id: int
    percent: Decimal
    forecast: int | None
    seconds: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A place in a contest; ``distance`` None where no forecast was given or nothing known."""

    person_id: int
    place: int
    percent: Decimal
    distance: int | None
    seconds: int


def ranked(entries: Iterable[Entry], forecast_answer: int | None) -> list[Placed]:
    """Return the places: by percentage, then nearness of the forecast, then time used.

    Whoever gave no forecast comes after those who did. Equal ones share a place, the next counts
    on from how many stand before.
    """
    keyed = sorted(((_key(entry, forecast_answer), entry) for entry in entries), key=_by_key)
    places: list[Placed] = []
    place, before = 0, None
    for number, (key, entry) in enumerate(keyed, 1):
        if key != before:
            place, before = number, key
        distance = _distance(entry, forecast_answer)
        places.append(Placed(entry.person_id, place, entry.percent, distance, entry.seconds))
    return places


_Key = tuple[Decimal, bool, int, int]


def _distance(entry: Entry, answer: int | None) -> int | None:
    return None if answer is None or entry.forecast is None else abs(entry.forecast - answer)


def _key(entry: Entry, answer: int | None) -> _Key:
    distance = _distance(entry, answer)
    is_silent = answer is not None and distance is None
    return -entry.percent, is_silent, distance or 0, entry.seconds


def _by_key(pair: tuple[_Key, Entry]) -> tuple[_Key, int]:
    return pair[0], pair[1].person_id

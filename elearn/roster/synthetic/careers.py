"""The career of one person: which spells in which seats, from when to when, and why it ended.

All days are drawn without regard to the day of generation. Building the province again on a
later day therefore tells the same story, only further.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from elearn.roster.synthetic.cast import CAST, CastPerson
from elearn.roster.synthetic.records import Seat, SecondPost, Spell
from elearn.roster.synthetic.staffing import Place, Staffing
from elearn.roster.synthetic.timeline import (
    FIRST_DAY,
    MOVING_DAYS,
    OPEN,
    REASSIGNMENT_DAY,
    firsts_of_months,
)

_YEARS_OF_MOVES = 7
_TRANSFERS_A_YEAR = 0.06
# Houses without a partner move nobody, so the others move a little more.
_MOVE_SHARE = _TRANSFERS_A_YEAR * _YEARS_OF_MOVES * 1.12
# Some of them cannot hold it, since they work where it is.
_SECOND_POST_SHARE = 0.045
_AWAY_SHARE = 0.06
_NEWCOMER_SHARE = 0.3
_JOINING_DAYS = firsts_of_months(FIRST_DAY.year, 2020)
_EARLY_JOINING_DAYS = firsts_of_months(FIRST_DAY.year, FIRST_DAY.year + 1)
_LATE_JOINING_DAYS = tuple(day for day in firsts_of_months(2021, 2025) if day < date(2025, 2, 1))
_LEAVING_DAYS = MOVING_DAYS
# Many took early retirement in the half-year after the reform.
_WAVE_DAYS = tuple(day for day in firsts_of_months(2025, 2025) if day.month > 7)
_WAVE_SHARE = 0.35
_LEAVING_REASONS = ("RETIREMENT", "RESIGNATION", "OTHER")
_SECOND_POST_DAYS = tuple(
    day for day in firsts_of_months(2025, 2026) if date(2025, 8, 1) <= day <= date(2026, 6, 1)
)

# Streams of random numbers of one person; a new one never disturbs the others.
OUTLINE, IDENTITY, AWAY, TRAINING, PAIR = range(5)


def reseed(rng: Random, seed: int, number: int, stream: int) -> None:
    """Put ``rng`` at the start of one stream of person or pair ``number``."""
    rng.seed((abs(seed) << 48) | (number << 4) | (stream << 1) | (seed < 0))


@dataclass(frozen=True, slots=True)
class Outline:
    """What is settled first about a person; ``luck`` decides who was trained early."""

    index: int
    place: Place
    joined: date
    left: date = OPEN
    left_reason: str = ""
    has_second_post: bool = False
    was_away: bool = False
    luck: float = 1.0

    @property
    def cast(self) -> CastPerson | None:
        """The member of the cast, None for everybody else."""
        return None if self.place.cast_index is None else CAST[self.place.cast_index]


@dataclass(frozen=True, slots=True)
class Portion:
    """A spell as far as the person held it."""

    spell: Spell
    valid_from: date
    valid_to: date
    end_reason: str


@dataclass(frozen=True, slots=True)
class SecondPortion:
    """A second post as far as the person held it, beside ``home``."""

    post: SecondPost
    home: str
    valid_from: date
    valid_to: date


class Careers:
    """Tells the career of any person of a province; equal arguments, equal careers."""

    def __init__(self, staffing: Staffing, seed: int) -> None:
        self._staffing = staffing
        self._seed = seed
        self._rng = Random()  # noqa: S311 - invented people, nothing secret

    def stream(self, number: int, stream: int) -> Random:
        """Return random numbers for one purpose; valid until the next call."""
        reseed(self._rng, self._seed, number, stream)
        return self._rng

    def outline(self, index: int) -> Outline:
        """Return what is settled first about person ``index``, counted from 1."""
        place = self._staffing.place(index)
        if place.cast_index is not None:
            return Outline(index, place, CAST[place.cast_index].joined)
        rng = self.stream(index, OUTLINE)
        luck, second, away = rng.random(), rng.random(), rng.random()
        left, reason = _leaving(rng) if place.is_leaver else (OPEN, "")
        joining_days = self._joining_days(rng, place, reason)
        return Outline(
            index,
            place,
            rng.choice(joining_days),
            left,
            reason,
            second < _SECOND_POST_SHARE and not place.is_leaver,
            away < _AWAY_SHARE,
            luck,
        )

    def _joining_days(self, rng: Random, place: Place, reason: str) -> tuple[date, ...]:
        """Return the days among which a person joined; who retired had served for long."""
        if reason == "RETIREMENT":
            return _EARLY_JOINING_DAYS
        is_anchor = place.rank < self._staffing.houses[place.house].anchors
        is_newcomer = rng.random() < _NEWCOMER_SHARE and not (is_anchor or place.is_leaver)
        return _LATE_JOINING_DAYS if is_newcomer else _JOINING_DAYS

    def seat(self, outline: Outline) -> Seat:
        """Return the seat the person holds at last."""
        return self._staffing.houses[outline.place.house].seat(outline.place.rank)

    def house_code(self, outline: Outline) -> str:
        """Return the code of the unit at the top of the person's house."""
        return self._staffing.houses[outline.place.house].code

    def portions(self, outline: Outline) -> list[Portion]:
        """Return the primary posts of the person in order, without gaps."""
        own = self.seat(outline)
        partner = self._staffing.partner(outline.place)
        moved, reason = self._move(outline, partner)
        if partner is None or moved <= outline.joined:
            return _cut(own, outline.joined, outline.left, outline.left_reason)
        other = self._staffing.houses[partner].seat(outline.place.rank)
        earlier = _cut(other, outline.joined, moved, reason)
        return [*earlier, *_cut(own, moved, outline.left, outline.left_reason)]

    def _move(self, outline: Outline, partner: int | None) -> tuple[date, str]:
        """Return the day two people in seats of one rank change places, the first day if never."""
        if partner is None:
            return FIRST_DAY, ""
        pair = min(outline.place.house, partner)
        rng = self.stream((pair << 16) | outline.place.rank, PAIR)
        if rng.random() >= _MOVE_SHARE:
            return FIRST_DAY, ""
        return rng.choice(MOVING_DAYS), rng.choice(("TRANSFER", "ROTATION"))

    def second_portion(self, outline: Outline) -> SecondPortion | None:
        """Return the second post of the person, None for nearly everybody."""
        house = self._staffing.houses[outline.place.house]
        post = house.second_post()
        if not outline.has_second_post or post.unit == house.code:
            return None
        starts = _SECOND_POST_DAYS[outline.index % len(_SECOND_POST_DAYS)]
        for portion in self.portions(outline):
            if portion.valid_from <= starts < portion.valid_to:
                return _second(outline, post, portion, starts)
        return None


def _second(
    outline: Outline, post: SecondPost, portion: Portion, starts: date
) -> SecondPortion | None:
    # A second post in the commune's own centre makes no sense for those who work in it, nor for
    # those who were in another commune on that day.
    if post.unit == portion.spell.work or not _belongs(post.unit, portion.spell.home):
        return None
    ends = starts + timedelta(days=365) if outline.index % 4 == 0 else OPEN
    return SecondPortion(post, portion.spell.home, starts, min(ends, portion.valid_to))


def _belongs(unit: str, home: str) -> bool:
    commune, separator, _ = unit.rpartition("-PVHCC")
    return not separator or home == commune or home.startswith(f"{commune}-")


def _leaving(rng: Random) -> tuple[date, str]:
    days = _WAVE_DAYS if rng.random() < _WAVE_SHARE else _LEAVING_DAYS
    return rng.choice(days), rng.choices(_LEAVING_REASONS, (70, 25, 5))[0]


def _cut(seat: Seat, first: date, end: date, reason: str) -> list[Portion]:
    """Return the spells of a seat between two days; the last one ends for ``reason``."""
    portions = []
    for spell in seat.spells:
        valid_from, valid_to = max(spell.valid_from, first), min(spell.valid_to, end)
        if valid_from < valid_to:
            ended = reason if valid_to == end else spell.end_reason
            portions.append(Portion(spell, valid_from, valid_to, ended))
    return portions


# Duties were first put on paper in the two years before the programme began.
_DUTY_DAY = date(2019, 1, 1)
_DUTY_DELAY_DAYS = 730
_REASSIGNED_EVERY = 25


@dataclass(frozen=True, slots=True)
class DutyPortion:
    """A duty as far as the person held it."""

    duty: str
    unit: str
    valid_from: date
    valid_to: date


def duty_portions(
    outline: Outline, portions: list[Portion], second: SecondPortion | None
) -> list[DutyPortion]:
    """Return the duties that went with the posts; some begin later or are taken away again."""
    duties = [
        _duty(outline, portion, portion.spell.duty) for portion in portions if portion.spell.duty
    ]
    if second is not None and second.post.duty:
        post = second.post
        duties.append(DutyPortion(post.duty, post.unit, second.valid_from, second.valid_to))
    return duties


def _duty(outline: Outline, portion: Portion, duty: str) -> DutyPortion:
    starts, ends = portion.valid_from, portion.valid_to
    written = _DUTY_DAY + timedelta(days=outline.index * 131 % _DUTY_DELAY_DAYS)
    if starts < written < ends:
        starts = written
    if outline.index % _REASSIGNED_EVERY == 0 and starts < REASSIGNMENT_DAY < ends:
        ends = REASSIGNMENT_DAY
    return DutyPortion(duty, portion.spell.duty_unit, starts, ends)

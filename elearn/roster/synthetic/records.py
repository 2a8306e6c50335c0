"""What the synthetic province is described with: units, events, posts, houses."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from elearn.roster.synthetic.timeline import FIRST_DAY, OPEN


@dataclass(frozen=True, slots=True)
class UnitVersion:
    """One row of the sheet ``units``."""

    code: str
    name: str
    short_name: str
    kind: str
    parent_code: str
    valid_from: date = FIRST_DAY
    valid_to: date = OPEN
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class UnitEvent:
    """One row of the sheet ``events``."""

    kind: str
    effective_on: date
    predecessors: tuple[str, ...]
    successors: tuple[str, ...] = ()
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class Spell:
    """A post as it stands between two reorganisations.

    ``home`` is the unit the holder belongs to, ``work`` the one he works in; ``duty`` is the duty
    that goes with the post, held at ``duty_unit``; ``end_reason`` says why the post ended.
    """

    position_type: str
    title: str
    home: str
    work: str
    valid_from: date = FIRST_DAY
    valid_to: date = OPEN
    duty: str = ""
    duty_unit: str = ""
    end_reason: str = "UNIT_CHANGE"


@dataclass(frozen=True, slots=True)
class Seat:
    """A post through all reorganisations: spells in order, without gaps, the last one open."""

    category: str
    spells: tuple[Spell, ...]


@dataclass(frozen=True, slots=True)
class SecondPost:
    """A post somebody may hold beside his own, with the duty that goes with it."""

    position_type: str
    title: str
    unit: str
    duty: str = ""


class House(Protocol):
    """An employer with numbered seats; low ranks are filled first."""

    @property
    def code(self) -> str:
        """The unit at the top of the house."""

    @property
    def pool(self) -> str:
        """Houses of one pool exchange people; empty: the house exchanges with none."""

    @property
    def anchors(self) -> int:
        """How many of the first seats have been held all along, so that no unit is empty."""

    def seat(self, rank: int) -> Seat:
        """Return the seat of that rank; there is one for every rank from 0."""

    def second_post(self) -> SecondPost:
        """Return the post that people of this house hold beside their own."""


def two_spells(before: Spell, after: Spell) -> tuple[Spell, ...]:
    """Return the two spells, or one when nothing changes for the holder between them."""
    same_post = (before.position_type, before.title, before.home, before.work) == (
        after.position_type,
        after.title,
        after.home,
        after.work,
    )
    if not same_post or (before.duty, before.duty_unit) != (after.duty, after.duty_unit):
        return before, after
    return (
        Spell(
            before.position_type,
            before.title,
            before.home,
            before.work,
            before.valid_from,
            after.valid_to,
            before.duty,
            before.duty_unit,
        ),
    )

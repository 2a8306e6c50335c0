"""The seven sheets of a roster (design.md 5.2): their columns and how each cell is read."""

from dataclasses import dataclass

from elearn.org.models import (
    DutyKind,
    EndReason,
    EventKind,
    ExclusionReason,
    PositionType,
    UnitKind,
    WorkforceCategory,
)
from elearn.progress.models import CompletionSource
from elearn.roster.cells import (
    Reader,
    name_of,
    one_of,
    read_code,
    read_codes,
    read_day,
    read_email,
    read_flag,
    read_phone,
    text_of,
)
from elearn.roster.facts import (
    AssignmentFact,
    CompletionFact,
    DutyFact,
    EventFact,
    ExclusionFact,
    Fact,
    PersonFact,
    UnitFact,
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how a cell is read, whether it may be empty, and whether the column may lack."""

    name: str
    read: Reader
    filled: bool = False
    present: bool = False


@dataclass(frozen=True, slots=True)
class SheetForm:
    """A sheet: its columns and the fact that a row is."""

    name: str
    fact: type[Fact]
    columns: tuple[Column, ...]


def _must(name: str, read: Reader) -> Column:
    """Return a column that has to be there with a value in every row."""
    return Column(name, read, filled=True, present=True)


def _there(name: str, read: Reader) -> Column:
    """Return a column that has to be there; its cells may be empty."""
    return Column(name, read, present=True)


def _may(name: str, read: Reader) -> Column:
    """Return a column that may lack: what is stored then stays."""
    return Column(name, read)


UNITS = SheetForm(
    "units",
    UnitFact,
    (
        _must("code", read_code),
        _must("name", name_of(200)),
        _may("short_name", text_of(100)),
        _must("kind", one_of(UnitKind)),
        # Without its parents a tree would come out flat, so the column may not lack.
        _there("parent_code", read_code),
        _must("valid_from", read_day),
        _may("valid_to", read_day),
        _may("legal_basis", text_of(4000)),
    ),
)
EVENTS = SheetForm(
    "events",
    EventFact,
    (
        _must("kind", one_of(EventKind)),
        _must("effective_on", read_day),
        _there("predecessor_codes", read_codes),
        _there("successor_codes", read_codes),
        _may("legal_basis", text_of(4000)),
    ),
)
PEOPLE = SheetForm(
    "people",
    PersonFact,
    (
        _must("person_code", read_code),
        _must("full_name", name_of(120)),
        _may("birth_date", read_day),
        _may("email", read_email),
        _may("phone", read_phone),
        _must("category", one_of(WorkforceCategory)),
    ),
)
ASSIGNMENTS = SheetForm(
    "assignments",
    AssignmentFact,
    (
        _must("person_code", read_code),
        _must("position_type", one_of(PositionType)),
        _may("title", text_of(200)),
        _must("home_unit_code", read_code),
        _may("duty_unit_code", read_code),
        _must("is_primary", read_flag),
        _must("valid_from", read_day),
        _may("valid_to", read_day),
        _may("decision_no", text_of(64)),
        _may("end_reason", one_of(EndReason)),
    ),
)
DUTIES = SheetForm(
    "duties",
    DutyFact,
    (
        _must("person_code", read_code),
        _must("duty", one_of(DutyKind)),
        _must("unit_code", read_code),
        _must("valid_from", read_day),
        _may("valid_to", read_day),
        _may("decision_no", text_of(64)),
    ),
)
EXCLUSIONS = SheetForm(
    "exclusions",
    ExclusionFact,
    (
        _must("person_code", read_code),
        _must("reason", one_of(ExclusionReason)),
        _must("valid_from", read_day),
        _may("valid_to", read_day),
    ),
)
COMPLETIONS = SheetForm(
    "completions",
    CompletionFact,
    (
        _must("person_code", read_code),
        _must("programme_code", read_code),
        _must("completed_on", read_day),
        _may("expires_on", read_day),
        _must("source", one_of(CompletionSource)),
        _may("reference", text_of(200)),
    ),
)

FORMS: dict[str, SheetForm] = {
    form.name: form
    for form in (UNITS, EVENTS, PEOPLE, ASSIGNMENTS, DUTIES, EXCLUSIONS, COMPLETIONS)
}

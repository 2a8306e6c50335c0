"""What a person sees of a plan before it is carried out, as plain data that a batch can keep."""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from elearn.roster.changes import AllChanges, differences
from elearn.roster.facts import (
    SHEETS,
    AssignmentFact,
    CompletionFact,
    DutyFact,
    EventFact,
    ExclusionFact,
    Fact,
    PersonFact,
    UnitFact,
)
from elearn.roster.plan import Plan
from elearn.roster.problems import Problem
from elearn.roster.tree import shown

# More than this nobody reads on a page; the counts tell the rest.
SHOWN_UPDATES = 300
SHOWN_NEW = 50
KEPT_PROBLEMS = 2_000


def digest_of(changes: AllChanges) -> str:
    """Return what stands for the changes; it differs as soon as one of them does."""
    digest = hashlib.sha256()
    for sheet in SHEETS:
        for fact in changes[sheet].created:
            digest.update(repr(("new", sheet, fact.key, fact.content)).encode())
        for old, new in changes[sheet].updated:
            digest.update(repr((old.id, sheet, old.key, old.content, new.content)).encode())
    return digest.hexdigest()


def preview_of(plan: Plan) -> dict[str, Any]:
    """Return counts, changes and problems of ``plan``; changes of refused rows are left out."""
    refused = {(problem.sheet, problem.row) for problem in plan.problems}
    kinds = ("created", "updated", "unchanged")
    return {
        **{kind: plan.changes.counts(kind) for kind in kinds},
        "changes": list(_change_lines(plan.changes, refused)),
        **problems_as_data(plan.problems),
    }


def problems_as_data(problems: list[Problem]) -> dict[str, Any]:
    """Return the first problems and how many there are; the words are filled in when shown."""
    return {
        "problem_count": len(problems),
        "problems": [
            {
                "sheet": problem.sheet,
                "row": problem.row,
                "column": problem.column,
                "code": problem.code,
                "message": problem.message,
                "params": problem.params,
            }
            for problem in problems[:KEPT_PROBLEMS]
        ],
    }


def _change_lines(
    changes: AllChanges, refused: set[tuple[str, int | None]]
) -> Iterator[dict[str, Any]]:
    names = {fact.person_code: fact.full_name for fact in changes["people"].final()}
    for sheet in SHEETS:
        updates = [pair for pair in changes[sheet].updated if (sheet, pair[1].row) not in refused]
        for old, new in updates[:SHOWN_UPDATES]:
            fields = [
                [name, shown_value(before), shown_value(after)]
                for name, before, after in differences(old, new)
            ]
            yield _line(new, "updated", names, fields)
        new_facts = [fact for fact in changes[sheet].created if (sheet, fact.row) not in refused]
        for fact in new_facts[:SHOWN_NEW]:
            yield _line(fact, "created", names, [])


def _line(
    fact: Fact, kind: str, names: dict[str, str], fields: list[list[str | None]]
) -> dict[str, Any]:
    return {
        "sheet": fact.sheet,
        "row": fact.row,
        "kind": kind,
        "label": _label(fact, names),
        "fields": fields,
    }


def shown_value(value: object) -> str | None:
    """Return a stored value as people write it; None for none."""
    if value is None or value == "":
        return None
    return shown(value) if isinstance(value, date) else str(value)


def _label(fact: Fact, names: dict[str, str]) -> str:
    """Return who or what the fact is about, in few words."""
    match fact:
        case UnitFact():
            return f"{fact.name} ({fact.code})"
        case EventFact():
            codes = ";".join(fact.predecessor_codes), ";".join(fact.successor_codes)
            return f"{fact.kind} {shown(fact.effective_on)}: {codes[0]} → {codes[1] or '–'}"
        case PersonFact():
            return f"{fact.full_name} ({fact.person_code})"
        case AssignmentFact():
            what = f"{fact.title or fact.position_type}, {fact.duty_unit_code}"
        case DutyFact():
            what = f"{fact.duty}, {fact.unit_code}"
        case ExclusionFact():
            what = str(fact.reason)
        case CompletionFact():
            who, day = _who(fact.person_code, names), shown(fact.completed_on)
            return f"{who}: {fact.programme_code}, {day}"
        case _:
            raise TypeError(fact.sheet)
    return f"{_who(fact.person_code, names)}: {what}, {shown(fact.valid_from)}"


def _who(code: str, names: dict[str, str]) -> str:
    return f"{names[code]} ({code})" if code in names else code

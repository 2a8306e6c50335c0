"""Writes a plan without problems: codes become rows, all in the present transaction."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from elearn.accounts.services import rename_user_of
from elearn.infra import audit
from elearn.kernel.actor import Actor
from elearn.org import ancestry, recording
from elearn.org.models import Duty, Exclusion, PositionAssignment, UnitVersion
from elearn.progress import credits as completions
from elearn.roster.changes import Changes, differences
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
from elearn.roster.plan import Plan
from elearn.roster.queries import person_ids, programme_ids


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids behind the codes of units, people and programmes."""

    units: dict[str, int]
    people: dict[str, int]
    programmes: dict[str, int]


def apply_plan(session: Session, actor: Actor, plan: Plan, *, now: datetime) -> None:
    """Write the changes of ``plan``, which must have no problems.

    An update retracts the stored row and adds a new one; people are corrected in place, each
    correction with its audit row.
    """
    changes = plan.changes
    units = _write_units(session, changes["units"], now=now)
    _write_people(session, actor, changes["people"], now=now)
    codes = {fact.person_code for sheet in _PERSONAL for fact in changes[sheet].named()}
    ids = Ids(units, person_ids(session, codes), programme_ids(session))
    _write_events(session, changes["events"], units, now=now)
    for sheet, model, row_of in (
        ("assignments", PositionAssignment, _assignment_row),
        ("duties", Duty, _duty_row),
        ("exclusions", Exclusion, _exclusion_row),
    ):
        written = changes[sheet]
        recording.retract(session, model, _old_ids(written), now=now)
        recording.record(session, model, (row_of(fact, ids) for fact in _new(written)), now=now)
    _write_completions(session, plan, ids, now=now)


_PERSONAL = ("assignments", "duties", "exclusions", "completions")


def _new(changes: Changes[Any]) -> Iterator[Any]:
    """Yield the facts to be added: new ones and the new forms of changed ones."""
    yield from changes.created
    for _, fact in changes.updated:
        yield fact


def _old_ids(changes: Changes[Any]) -> list[int]:
    return [old.id for old, _ in changes.updated]


def _write_units(session: Session, changes: Changes[UnitFact], *, now: datetime) -> dict[str, int]:
    stored = {fact.code for fact in (*changes.standing, *changes.unchanged)}
    stored |= {old.code for old, _ in changes.updated}
    fresh = sorted({fact.code for fact in changes.created} - stored)
    recording.add_units(session, fresh)
    ids = recording.unit_ids(session, {fact.code for fact in changes.final()})
    recording.retract(session, UnitVersion, _old_ids(changes), now=now)
    rows = (_unit_row(fact, ids) for fact in _new(changes))
    if recording.record_versions(session, rows, now=now):
        ancestry.rebuild(session)
    return ids


def _write_people(
    session: Session, actor: Actor, changes: Changes[PersonFact], *, now: datetime
) -> None:
    recording.add_people(session, (_person_row(fact) for fact in changes.created))
    recording.correct_people(
        session, ({"id": fact.id, **_person_row(fact)} for _, fact in changes.updated)
    )
    for old, new in changes.updated:
        if new.id is not None and old.full_name != new.full_name:
            rename_user_of(session, new.id, new.full_name)
        audit.record(
            session,
            actor,
            "person.correct",
            ("person", new.id),
            at=now,
            details=_differences_as_text(old, new),
        )


def _differences_as_text(old: Fact, new: Fact) -> dict[str, list[str | None]]:
    return {
        name: [None if value is None else str(value) for value in (before, after)]
        for name, before, after in differences(old, new)
    }


def _write_events(
    session: Session, changes: Changes[EventFact], units: dict[str, int], *, now: datetime
) -> None:
    recording.retract_events(session, _old_ids(changes), now=now)
    recording.record_events(
        session,
        [
            recording.NewEvent(
                fact.kind,
                fact.effective_on,
                fact.legal_basis,
                tuple(units[code] for code in fact.predecessor_codes),
                tuple(units[code] for code in fact.successor_codes),
            )
            for fact in _new(changes)
        ],
        now=now,
    )


def _write_completions(session: Session, plan: Plan, ids: Ids, *, now: datetime) -> None:
    changes = plan.changes["completions"]
    completions.retract_completions(session, _old_ids(changes), now=now)
    posts = _PrimaryPosts(plan.changes["assignments"].final())
    completions.record_completions(
        session,
        (
            _completion_row(fact, ids, posts.unit_on(fact.person_code, fact.completed_on))
            for fact in _new(changes)
        ),
        now=now,
    )


class _PrimaryPosts:
    """Where people work on a day, by their primary posts."""

    def __init__(self, facts: Iterable[AssignmentFact]) -> None:
        self.posts: dict[str, list[AssignmentFact]] = defaultdict(list)
        for fact in facts:
            if fact.is_primary:
                self.posts[fact.person_code].append(fact)

    def unit_on(self, person_code: str, day: date) -> str | None:
        """Return the code of the duty unit on ``day``, None without a primary post."""
        for fact in self.posts.get(person_code, ()):
            if day in fact.span:
                return fact.duty_unit_code
        return None


def _unit_row(fact: UnitFact, units: dict[str, int]) -> dict[str, Any]:
    return {
        "unit_id": units[fact.code],
        "name": fact.name,
        "short_name": fact.short_name,
        "kind": fact.kind,
        "parent_id": None if fact.parent_code is None else units[fact.parent_code],
        "legal_basis": fact.legal_basis,
        "valid_from": fact.valid_from,
        "valid_to": fact.valid_to,
    }


def _person_row(fact: PersonFact) -> dict[str, Any]:
    return {
        "code": fact.person_code,
        "full_name": fact.full_name,
        "birth_date": fact.birth_date,
        "email": fact.email,
        "phone": fact.phone,
        "category": fact.category,
    }


def _assignment_row(fact: AssignmentFact, ids: Ids) -> dict[str, Any]:
    return {
        "person_id": ids.people[fact.person_code],
        "position_type": fact.position_type,
        "title": fact.title,
        "home_unit_id": ids.units[fact.home_unit_code],
        "duty_unit_id": ids.units[fact.duty_unit_code],
        "is_primary": fact.is_primary,
        "decision_no": fact.decision_no,
        "end_reason": fact.end_reason,
        "valid_from": fact.valid_from,
        "valid_to": fact.valid_to,
    }


def _duty_row(fact: DutyFact, ids: Ids) -> dict[str, Any]:
    return {
        "person_id": ids.people[fact.person_code],
        "duty": fact.duty,
        "unit_id": ids.units[fact.unit_code],
        "decision_no": fact.decision_no,
        "valid_from": fact.valid_from,
        "valid_to": fact.valid_to,
    }


def _exclusion_row(fact: ExclusionFact, ids: Ids) -> dict[str, Any]:
    return {
        "person_id": ids.people[fact.person_code],
        "reason": fact.reason,
        "valid_from": fact.valid_from,
        "valid_to": fact.valid_to,
    }


def _completion_row(fact: CompletionFact, ids: Ids, unit: str | None) -> dict[str, Any]:
    return {
        "person_id": ids.people[fact.person_code],
        "programme_id": ids.programmes[fact.programme_code],
        "completed_on": fact.completed_on,
        "expires_on": fact.expires_on,
        "unit_id": None if unit is None else ids.units[unit],
        "source": fact.source,
        "reference": fact.reference,
    }

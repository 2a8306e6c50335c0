"""Reads of what is stored, in the words of the roster sheets."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from elearn.certificates.models import Certificate
from elearn.curriculum.models import Programme
from elearn.infra.bulk import select_in
from elearn.org.models import (
    Duty,
    Exclusion,
    Person,
    PositionAssignment,
    Succession,
    Unit,
    UnitEvent,
    UnitVersion,
)
from elearn.org.scope import held_true
from elearn.progress.models import ProgrammeCompletion
from elearn.roster.facts import (
    AssignmentFact,
    CompletionFact,
    DutyFact,
    EventFact,
    ExclusionFact,
    PersonFact,
    Roster,
    UnitFact,
)
from elearn.roster.plan import State, units_losing_days
from elearn.roster.post_checks import Post

Codes = dict[int, str]


def load_state(session: Session, facts: Roster) -> State:
    """Return what is stored and matters to an import of ``facts``."""
    codes = unit_codes(session)
    stored = Roster(units=_units(session, codes), events=_events(session, codes))
    people = sorted({fact.person_code for sheet in _personal(facts) for fact in sheet})
    stored.people = _people(session, people)
    known = {fact.person_code: fact.id for fact in stored.people if fact.id is not None}
    named = {person_id: code for code, person_id in known.items()}
    stored.assignments = list(_assignments(session, named, codes))
    stored.duties = list(_duties(session, named, codes))
    stored.exclusions = _exclusions(session, named)
    stored.completions = _completions(session, named) if facts.completions else []
    at_risk = _posts_in(session, units_losing_days(facts, stored), codes)
    return State(stored, at_risk, frozenset(session.scalars(select(Programme.code))))


def unit_codes(session: Session) -> Codes:
    """Return {unit id: code} of all units."""
    return {row.id: row.code for row in session.execute(select(Unit.id, Unit.code))}


def person_ids(session: Session, codes: Collection[str]) -> dict[str, int]:
    """Return {person code: id} of the people with these codes."""
    rows = select_in(session, select(Person.code, Person.id), Person.code, codes)
    return {row.code: row.id for row in rows}


def programme_ids(session: Session) -> dict[str, int]:
    """Return {programme code: id} of all programmes."""
    return {row.code: row.id for row in session.execute(select(Programme.code, Programme.id))}


def _personal(facts: Roster) -> tuple[Iterable[Any], ...]:
    return facts.people, facts.assignments, facts.duties, facts.exclusions, facts.completions


def _units(session: Session, codes: Codes) -> list[UnitFact]:
    rows = session.execute(
        select(
            UnitVersion.id,
            UnitVersion.unit_id,
            UnitVersion.name,
            UnitVersion.short_name,
            UnitVersion.kind,
            UnitVersion.parent_id,
            UnitVersion.valid_from,
            UnitVersion.valid_to,
            UnitVersion.legal_basis,
        ).where(held_true(UnitVersion))
    )
    return [
        UnitFact(
            id=row.id,
            code=codes[row.unit_id],
            name=row.name,
            short_name=row.short_name,
            kind=row.kind,
            parent_code=None if row.parent_id is None else codes[row.parent_id],
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            legal_basis=row.legal_basis,
        )
        for row in rows
    ]


def _events(session: Session, codes: Codes) -> list[EventFact]:
    before: dict[int, set[str]] = {}
    after: dict[int, set[str]] = {}
    for row in session.execute(
        select(Succession.event_id, Succession.predecessor_id, Succession.successor_id)
    ):
        if row.predecessor_id is not None:
            before.setdefault(row.event_id, set()).add(codes[row.predecessor_id])
        if row.successor_id is not None:
            after.setdefault(row.event_id, set()).add(codes[row.successor_id])
    events = session.scalars(select(UnitEvent).where(UnitEvent.retracted_at.is_(None)))
    return [
        EventFact(
            id=event.id,
            kind=event.kind,
            effective_on=event.effective_on,
            predecessor_codes=tuple(sorted(before.get(event.id, ()))),
            successor_codes=tuple(sorted(after.get(event.id, ()))),
            legal_basis=event.legal_basis,
        )
        for event in events
    ]


def _people(session: Session, codes: Collection[str]) -> list[PersonFact]:
    columns = (
        Person.id,
        Person.code,
        Person.full_name,
        Person.birth_date,
        Person.email,
        Person.phone,
        Person.category,
    )
    return [
        PersonFact(
            id=row.id,
            person_code=row.code,
            full_name=row.full_name,
            birth_date=row.birth_date,
            email=row.email,
            phone=row.phone,
            category=row.category,
        )
        for row in select_in(session, select(*columns), Person.code, codes)
    ]


_ASSIGNMENT = (
    PositionAssignment.id,
    PositionAssignment.person_id,
    PositionAssignment.position_type,
    PositionAssignment.title,
    PositionAssignment.home_unit_id,
    PositionAssignment.duty_unit_id,
    PositionAssignment.is_primary,
    PositionAssignment.valid_from,
    PositionAssignment.valid_to,
    PositionAssignment.decision_no,
    PositionAssignment.end_reason,
)
_DUTY = (
    Duty.id,
    Duty.person_id,
    Duty.duty,
    Duty.unit_id,
    Duty.valid_from,
    Duty.valid_to,
    Duty.decision_no,
)


def _assignment(row: Row[*tuple[Any, ...]], person: str, units: Codes) -> AssignmentFact:
    return AssignmentFact(
        id=row.id,
        person_code=person,
        position_type=row.position_type,
        title=row.title,
        home_unit_code=units[row.home_unit_id],
        duty_unit_code=units[row.duty_unit_id],
        is_primary=row.is_primary,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        decision_no=row.decision_no,
        end_reason=row.end_reason,
    )


def _duty(row: Row[*tuple[Any, ...]], person: str, units: Codes) -> DutyFact:
    return DutyFact(
        id=row.id,
        person_code=person,
        duty=row.duty,
        unit_code=units[row.unit_id],
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        decision_no=row.decision_no,
    )


def _assignments(session: Session, people: Codes, units: Codes) -> Iterator[AssignmentFact]:
    query = select(*_ASSIGNMENT).where(held_true(PositionAssignment))
    for row in select_in(session, query, PositionAssignment.person_id, people):
        yield _assignment(row, people[row.person_id], units)


def _duties(session: Session, people: Codes, units: Codes) -> Iterator[DutyFact]:
    query = select(*_DUTY).where(held_true(Duty))
    for row in select_in(session, query, Duty.person_id, people):
        yield _duty(row, people[row.person_id], units)


def _exclusions(session: Session, people: Codes) -> list[ExclusionFact]:
    query = select(
        Exclusion.id,
        Exclusion.person_id,
        Exclusion.reason,
        Exclusion.valid_from,
        Exclusion.valid_to,
    ).where(held_true(Exclusion))
    return [
        ExclusionFact(
            id=row.id,
            person_code=people[row.person_id],
            reason=row.reason,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in select_in(session, query, Exclusion.person_id, people)
    ]


def _completions(session: Session, people: Codes) -> list[CompletionFact]:
    query = (
        select(
            ProgrammeCompletion.id,
            ProgrammeCompletion.person_id,
            Programme.code,
            ProgrammeCompletion.completed_on,
            ProgrammeCompletion.expires_on,
            ProgrammeCompletion.source,
            ProgrammeCompletion.reference,
            ProgrammeCompletion.revoked_on,
            exists().where(Certificate.completion_id == ProgrammeCompletion.id).label("certified"),
        )
        .join(Programme, Programme.id == ProgrammeCompletion.programme_id)
        .where(ProgrammeCompletion.retracted_at.is_(None))
    )
    return [
        CompletionFact(
            id=row.id,
            person_code=people[row.person_id],
            programme_code=row.code,
            completed_on=row.completed_on,
            expires_on=row.expires_on,
            source=row.source,
            reference=row.reference,
            is_revoked=row.revoked_on is not None,
            has_certificate=bool(row.certified),
        )
        for row in select_in(session, query, ProgrammeCompletion.person_id, people)
    ]


def _posts_in(session: Session, lost: Collection[str], units: Codes) -> list[Post]:
    """Return the posts and duties of anybody in the units with the codes ``lost``."""
    if not lost:
        return []
    ids = [unit_id for unit_id, code in units.items() if code in lost]
    assignments = (
        select(*_ASSIGNMENT, Person.code)
        .join(Person, Person.id == PositionAssignment.person_id)
        .where(held_true(PositionAssignment))
    )
    found = {
        row.id: row
        for column in (PositionAssignment.home_unit_id, PositionAssignment.duty_unit_id)
        for row in select_in(session, assignments, column, ids)
    }
    duties = select(*_DUTY, Person.code).join(Person, Person.id == Duty.person_id)
    return [
        *(_assignment(row, row.code, units) for row in found.values()),
        *(
            _duty(row, row.code, units)
            for row in select_in(session, duties.where(held_true(Duty)), Duty.unit_id, ids)
        ),
    ]

"""Writes of organisational facts in bulk; a correction retracts the old row and adds a new one.

Whoever writes unit versions calls ``ancestry.rebuild`` when all of them are written.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from elearn.infra.bulk import insert_all, retract_all, select_in, slices, table_of
from elearn.kernel.text import fold, name_sort_key
from elearn.org.models import (
    Duty,
    EventKind,
    Exclusion,
    Person,
    PositionAssignment,
    Succession,
    Unit,
    UnitEvent,
    UnitVersion,
)

Values = Mapping[str, Any]
Model = type[UnitVersion] | type[PositionAssignment] | type[Duty] | type[Exclusion]


def add_units(session: Session, codes: Iterable[str]) -> None:
    """Add units with these codes, none of which exists."""
    insert_all(session, Unit, ({"code": code} for code in codes))


def unit_ids(session: Session, codes: Collection[str]) -> dict[str, int]:
    """Return {code: id} of the units with these codes."""
    return {
        row.code: row.id for row in select_in(session, select(Unit.id, Unit.code), Unit.code, codes)
    }


def record(session: Session, model: Model, rows: Iterable[Values], *, now: datetime) -> int:
    """Add facts known from ``now`` on; ``rows`` have all columns but the clocks of knowledge."""
    return insert_all(
        session, model, ({**row, "recorded_at": now, "retracted_at": None} for row in rows)
    )


def record_versions(session: Session, rows: Iterable[Values], *, now: datetime) -> int:
    """Add versions of units; what people search for is worked out here."""
    return record(session, UnitVersion, (_searchable(row) for row in rows), now=now)


def _searchable(row: Values) -> Values:
    return {**row, "search_text": fold(f"{row['name']} {row['short_name'] or ''}")[:400]}


def retract(session: Session, model: Model, ids: Iterable[int], *, now: datetime) -> int:
    """Say of facts that we no longer hold them true."""
    return retract_all(session, model, ids, now=now)


def add_people(session: Session, rows: Iterable[Values]) -> int:
    """Add people; the keys for search and order are worked out here."""
    return insert_all(session, Person, (_findable(row) for row in rows))


def _findable(row: Values) -> Values:
    name = row["full_name"]
    return {**row, "search_text": fold(name)[:200], "sort_key": name_sort_key(name)[:700]}


def correct_people(session: Session, rows: Iterable[Values]) -> None:
    """Overwrite the identity data of people; each row has the ``id`` and all columns."""
    table = table_of(Person)
    changes = [{**_findable(row), "person_id": row["id"]} for row in rows]
    if not changes:
        return
    columns = [name for name in changes[0] if name not in ("id", "person_id")]
    session.execute(
        update(table)
        .where(table.c.id == bindparam("person_id"))
        .values({name: bindparam(name) for name in columns}),
        [{name: change[name] for name in (*columns, "person_id")} for change in changes],
    )


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be recorded, with the ids of its predecessors and successors."""

    kind: EventKind
    effective_on: date
    legal_basis: str | None
    predecessors: tuple[int, ...]
    successors: tuple[int, ...]


def record_events(session: Session, events: Sequence[NewEvent], *, now: datetime) -> None:
    """Add events of units, known from ``now`` on, and who followed whom."""
    for part in slices(events):
        rows = [
            {
                "kind": event.kind,
                "effective_on": event.effective_on,
                "legal_basis": event.legal_basis,
                "recorded_at": now,
                "retracted_at": None,
            }
            for event in part
        ]
        table = table_of(UnitEvent)
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        ids = session.execute(statement, rows).scalars()
        insert_all(session, Succession, _successions(zip(ids, part, strict=True)))


def _successions(events: Iterable[tuple[int, NewEvent]]) -> Iterator[Values]:
    for event_id, event in events:
        for before in event.predecessors or (None,):
            for after in event.successors or (None,):
                yield {"event_id": event_id, "predecessor_id": before, "successor_id": after}


def retract_events(session: Session, ids: Iterable[int], *, now: datetime) -> int:
    """Say of events that we no longer hold them true."""
    return retract_all(session, UnitEvent, ids, now=now)

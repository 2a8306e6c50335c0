"""Many rows at once: written and read in slices, so that memory and statements stay small."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Row, Select, Table, insert, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from elearn.infra.db import Base

T = TypeVar("T")

# SQLite takes 32,766 values in a statement, PostgreSQL 65,535; a slice of ids stays far below.
SLICE = 5_000


def slices(items: Iterable[T], size: int = SLICE) -> Iterator[list[T]]:
    """Yield ``items`` in lists of ``size``, the last perhaps shorter."""
    source = iter(items)
    while part := list(islice(source, size)):
        yield part


def table_of(model: type[Base]) -> Table:
    """Return the table behind ``model``."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - for the type checker
    return table


def insert_all(session: Session, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert ``rows`` ({column: value}, all with the same columns); return how many."""
    count = 0
    statement = insert(table_of(model))
    for part in slices(rows):
        session.execute(statement, part)
        count += len(part)
    return count


def retract_all(session: Session, model: type[Base], ids: Iterable[int], *, now: datetime) -> int:
    """Say of the rows ``ids`` that we no longer hold them true; return how many were held so."""
    table = table_of(model)
    count = 0
    for part in slices(ids):
        result = session.execute(
            update(table)
            .where(table.c.id.in_(part), table.c.retracted_at.is_(None))
            .values(retracted_at=now)
        )
        count += result.rowcount  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
    return count


def select_in(
    session: Session,
    query: Select[*tuple[Any, ...]],
    column: InstrumentedAttribute[Any],
    values: Iterable[Any],
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows of ``query`` whose ``column`` is one of ``values``, slice by slice."""
    for part in slices(values):
        yield from session.execute(query.where(column.in_(part)))

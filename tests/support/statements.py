"""Counting SQL statements, for ceilings on pages and acts."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from elearn.infra.db import db


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Give the list of statements sent meanwhile, without those that open or end a transaction."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.split(" ")[0] not in ("BEGIN", "COMMIT", "ROLLBACK"):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

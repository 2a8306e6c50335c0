"""The database: base of all tables, one transaction per act, the database's clock."""

import enum
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from time import monotonic
from typing import Any, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    event,
    func,
    select,
    type_coerce,
)
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC instant on every engine (SQLite would hand it back naive)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return the instant aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


E = TypeVar("E", bound=enum.Enum)


def enum_type(kind: type[E], length: int = 32) -> Enum:
    """Return the column type for ``kind``: its values as text, checked by Python."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [member.value for member in members],
    )


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "autoflush": False},
)

# A connection idle for longer is asked whether it is alive before it is used again.
_IDLE_SECONDS = 5.0
_RETURNED = "elearn_returned"
_IN_ACT = "elearn_in_act"
_AFTER_COMMIT = "elearn_after_commit"
_LOOKING = "elearn_looking"
_ALONE: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}


@contextmanager
def transaction() -> Iterator[Session]:
    """Open the one transaction of an act; commit at the end, roll back on any error.

    Only a workflow opens it, and never inside another one. What the request has read before is
    given up first, so that the act judges rows as they are now.
    """
    session: Session = db.session()
    if session.info.get(_IN_ACT):
        raise RuntimeError("transaction() inside transaction()")
    session.rollback()
    session.info.pop(_LOOKING, None)
    session.info[_IN_ACT] = True
    hooks: list[Callable[[], None]] = []
    session.info[_AFTER_COMMIT] = hooks
    try:
        # On SQLite this takes the write lock at once; a read lock raised later could lose.
        session.connection(execution_options={"elearn_write": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_IN_ACT, None)
        session.info.pop(_AFTER_COMMIT, None)
    for hook in hooks:
        hook()


@contextmanager
def reading() -> Iterator[Session]:
    """Give the session for reading; nothing is written, nothing needs closing."""
    session: Session = db.session()
    _stop_looking(session)
    yield session


def _stop_looking(session: Session) -> None:
    """Let the next statement begin a transaction, if ``looking`` has kept it from doing so."""
    if session.info.pop(_LOOKING, False):
        session.rollback()


@contextmanager
def looking() -> Iterator[Session]:
    """Give the session for reads that need no transaction around them, as most pages do.

    On PostgreSQL each statement then goes out alone: the BEGIN and ROLLBACK around them would be
    two more round trips, on the pages that are asked for most. Every statement sees the database
    as it is at that moment, as in ``reading``. Results cannot be streamed (``yield_per``).
    """
    session: Session = db.session()
    if not session.in_transaction() and session.get_bind().dialect.name == "postgresql":
        session.info[_LOOKING] = True
        session.connection(execution_options=_ALONE)
    yield session


def after_commit(session: Session, hook: Callable[[], None]) -> None:
    """Run ``hook`` once the act of ``session`` has been committed; never on a rollback."""
    session.info[_AFTER_COMMIT].append(hook)


def clock(dialect: str) -> ColumnElement[datetime]:
    """Return the database's clock as a column: the start of the transaction it is read in."""
    if dialect == "sqlite":
        return type_coerce(func.strftime("%Y-%m-%d %H:%M:%f", "now"), UTCDateTime())
    return type_coerce(func.now(), UTCDateTime())


def now(session: Session) -> datetime:
    """Return the database's clock: the start of the present transaction, in UTC."""
    return session.execute(select(clock(session.get_bind().dialect.name))).scalar_one()


def advisory_lock(session: Session, key: int) -> None:
    """Hold ``key`` until the transaction ends; SQLite's write lock already does."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(key)))


def _begin(connection: Connection) -> None:
    is_write = connection.get_execution_options().get("elearn_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI object
    if not isinstance(connection, SQLiteConnection):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: an acknowledged answer is on disk, also after a power cut.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _note_return(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_RETURNED] = monotonic()


def _ping_if_idle(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401 - DBAPI object
    """Ask a connection that has lain idle whether its server is still there.

    The pool's own ``pre_ping`` asks at every checkout, a round trip that a busy site pays twice
    a request. Raising DisconnectionError makes the pool open a new connection instead.
    """
    if monotonic() - record.info.get(_RETURNED, monotonic()) < _IDLE_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error


def prepare_engine(engine: Engine) -> None:
    """Make SQLite keep transactions and foreign keys; let PostgreSQL drop dead connections."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "checkin", _note_return)
        event.listen(engine, "checkout", _ping_if_idle)


def engine_options(database_url: str) -> dict[str, Any]:
    """Return the engine options for ``database_url``."""
    if make_url(database_url).get_backend_name() == "sqlite":
        return {"connect_args": {"check_same_thread": False}}
    # Compiling a plan costs a wide statement more than a second and has never won one back here.
    options = {"connect_args": {"options": "-c jit=off"}}
    return {**options, "pool_size": 5, "max_overflow": 10}


def init_app(app: Flask, database_url: str) -> None:
    """Bind the database at ``database_url`` to ``app``."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(database_url)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        _forget_connections_in_children(db.engine)


def _forget_connections_in_children(engine: Engine) -> None:
    """Let a forked process open connections of its own; a shared one mixes up answers."""
    kept = weakref.ref(engine)

    def forget() -> None:
        living = kept()
        if living is not None:
            living.dispose(close=False)

    os.register_at_fork(after_in_child=forget)

"""A connection that died while it lay idle is replaced before a request gets it."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from elearn.infra import db as module
from elearn.infra.db import db, prepare_engine


def _with_a_dead_idle_connection(app: Flask):
    """Return an engine whose one pooled connection the server has ended."""
    engine = create_engine(db.engine.url, poolclass=QueuePool, pool_size=1)
    prepare_engine(engine)
    with engine.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
    with db.engine.connect() as other:
        other.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
        while other.scalar(
            text("select count(*) from pg_stat_activity where pid = :pid"), {"pid": pid}
        ):
            other.rollback()
    return engine


@pytest.mark.parametrize(("idle_seconds", "is_noticed"), [(0.0, True), (3600.0, False)])
def test_idle_connection_is_asked_before_use(
    app: Flask, monkeypatch: pytest.MonkeyPatch, idle_seconds: float, is_noticed: bool
) -> None:
    if db.engine.dialect.name == "sqlite":
        return  # a file does not hang up
    monkeypatch.setattr(module, "_IDLE_SECONDS", idle_seconds)
    engine = _with_a_dead_idle_connection(app)
    try:
        if is_noticed:
            with engine.connect() as connection:
                assert connection.scalar(text("select 1")) == 1
        else:
            with pytest.raises(OperationalError), engine.connect() as connection:
                connection.scalar(text("select 1"))
    finally:
        engine.dispose()

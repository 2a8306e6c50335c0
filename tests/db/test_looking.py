"""Reading without a transaction around each page, and what comes after it."""

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from elearn.infra.db import db, looking, reading, transaction
from elearn.infra.models import OutgoingMail
from elearn.kernel.clock import utc_now


def _is_in_transaction(session: Session) -> bool:
    """Whether the database sees a transaction that outlives a statement."""
    if session.get_bind().dialect.name == "sqlite":
        session.scalar(select(1))
        return bool(session.connection().connection.dbapi_connection.in_transaction)
    first = session.scalar(text("select txid_current()"))
    return bool(first == session.scalar(text("select txid_current()")))


def test_looking_sends_statements_alone_where_transactions_cost(
    app: Flask, session: Session
) -> None:
    session.rollback()
    with looking() as seen:
        assert _is_in_transaction(seen) is (seen.get_bind().dialect.name == "sqlite")


def test_reading_after_looking_has_its_transaction(app: Flask, session: Session) -> None:
    session.rollback()
    with looking() as seen:
        seen.scalar(select(1))
    with reading() as read:
        assert _is_in_transaction(read)


def test_looking_inside_a_reading_stays_in_its_transaction(app: Flask, session: Session) -> None:
    session.rollback()
    with reading() as read:
        read.scalar(select(1))
        with looking() as inner:
            assert _is_in_transaction(inner)


def test_an_act_after_looking_is_rolled_back_whole(app: Flask, session: Session) -> None:
    with looking() as seen:
        seen.scalar(select(1))
    with pytest.raises(RuntimeError, match="no"), transaction() as act:
        act.add(OutgoingMail(recipient="a@b.vn", subject="x", body="y", created_at=utc_now()))
        act.flush()
        raise RuntimeError("no")
    with reading() as after:
        assert after.scalars(select(OutgoingMail)).all() == []


def test_looking_after_an_act_sees_what_it_wrote(app: Flask, session: Session) -> None:
    with transaction() as act:
        act.add(OutgoingMail(recipient="a@b.vn", subject="x", body="y", created_at=utc_now()))
    with looking() as seen:
        assert seen.scalar(select(OutgoingMail.subject)) == "x"
    db.session.remove()

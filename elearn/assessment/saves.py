"""The save path (design.md section 6) in two statements; who saves was the first. Never commits.

One SELECT locks the attempt and brings all that judges the save: state, epoch, deadline, the
database's clock, the questions it names and which of its uuids are known. One multi-row INSERT
adds what is new. A heartbeat, a save of nothing, is one UPDATE that notes the sign of life.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ScalarSelect,
    Select,
    Update,
    bindparam,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from elearn.assessment.domain.protocol import Event, Save
from elearn.assessment.domain.question_types import Value, type_of
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    Attempt,
    AttemptItem,
    AttemptState,
    QuestionVersion,
)
from elearn.assessment.policy import no_such_attempt, verdict
from elearn.infra.db import clock
from elearn.kernel.errors import N_, Conflict, Invalid

Questions = Mapping[int, tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Ack:
    """What became of one event; ``uuid`` as the device wrote it."""

    uuid: str
    status: AnswerStatus


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attempt is at ``now`` of the database's clock."""

    attempt_id: int
    person_id: int
    state: AttemptState
    epoch: int
    deadline_at: datetime | None
    now: datetime


_MINE = (
    Attempt.id == bindparam("the_attempt"),
    Attempt.person_id == bindparam("the_person"),
)


def _place(dialect: str) -> tuple[ColumnElement[Any], ...]:
    columns = (Attempt.id, Attempt.person_id, Attempt.state, Attempt.epoch, Attempt.deadline_at)
    return (*(column.expression for column in columns), clock(dialect).label("now"))


def _gathered(dialect: str, *columns: Any) -> ColumnElement[Any]:  # noqa: ANN401 - any column
    """Return the rows of a subquery as one JSON list of lists."""
    if dialect == "sqlite":
        return func.json_group_array(func.json_array(*columns))
    return func.json_agg(func.json_build_array(*columns))


def _questions(dialect: str) -> ScalarSelect[Any]:
    body = func.json(QuestionVersion.body) if dialect == "sqlite" else QuestionVersion.body
    return (
        select(_gathered(dialect, AttemptItem.id, QuestionVersion.type, body))
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(
            AttemptItem.attempt_id == Attempt.id,
            AttemptItem.id.in_(bindparam("items", expanding=True)),
        )
        .correlate(Attempt)
        .scalar_subquery()
    )


def _known(dialect: str) -> ScalarSelect[Any]:
    return (
        select(_gathered(dialect, AnswerEvent.uuid, AnswerEvent.attempt_id, AnswerEvent.status))
        .where(AnswerEvent.uuid.in_(bindparam("uuids", expanding=True)))
        .scalar_subquery()
    )


def _locked(dialect: str) -> Select[Any]:
    return (
        select(
            *_place(dialect),
            type_coerce(_questions(dialect), JSON).label("questions"),
            type_coerce(_known(dialect), JSON).label("known"),
        )
        .where(*_MINE)
        .with_for_update(key_share=True, of=Attempt)
    )


def _heartbeat(dialect: str) -> Update:
    return (
        update(Attempt)
        .where(*_MINE)
        .values(last_seen_at=clock(dialect))
        .returning(*_place(dialect))
        .execution_options(synchronize_session=False)
    )


# Built once: thousands of saves a minute begin with the same statements.
_TABLE = AnswerEvent.metadata.tables[AnswerEvent.__tablename__]
_DIALECTS = ("postgresql", "sqlite")
_LOCKED = {name: _locked(name) for name in _DIALECTS}
_HEARTBEAT = {name: _heartbeat(name) for name in _DIALECTS}
_INSERT = {
    "postgresql": postgresql.insert(_TABLE)
    .on_conflict_do_nothing(index_elements=["uuid"])
    .returning(_TABLE.c.uuid),
    "sqlite": sqlite.insert(_TABLE)
    .on_conflict_do_nothing(index_elements=["uuid"])
    .returning(_TABLE.c.uuid),
}


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def _with(session: Session, statement: Any, aside: Update | None) -> Any:  # noqa: ANN401 - Select or Update
    """Let ``statement`` carry ``aside`` along; SQLite cannot, there it goes before."""
    if aside is None:
        return statement
    if _dialect(session) == "sqlite":
        session.execute(aside)
        return statement
    return statement.add_cte(aside.cte("aside"))


def see(
    session: Session, attempt_id: int, *, person_id: int | None, aside: Update | None = None
) -> Place:
    """Note a sign of life of the page of the attempt; return where the attempt is.

    ``aside`` is another statement of the same moment. Raises NotFound.
    """
    statement = _with(session, _HEARTBEAT[_dialect(session)], aside)
    row = session.execute(
        statement, {"the_attempt": attempt_id, "the_person": person_id}
    ).one_or_none()
    if row is None:
        raise no_such_attempt()
    return Place(row.id, row.person_id, row.state, row.epoch, row.deadline_at, row.now)


def record(
    session: Session,
    attempt_id: int,
    save: Save,
    *,
    person_id: int | None,
    aside: Update | None = None,
) -> tuple[Place, list[Ack]]:
    """Add the events of ``save`` to the attempt of ``person_id``, locked until the act ends.

    A known uuid adds nothing and is acknowledged as it was (I3). All or none: raises NotFound
    for the attempts of others, Invalid for an epoch that never began, a question that is not in
    the attempt or a value that is no answer to it; Conflict for a uuid of another attempt.
    """
    statement = _with(session, _LOCKED[_dialect(session)], aside)
    row = session.execute(
        statement,
        {
            "the_attempt": attempt_id,
            "the_person": person_id,
            "items": sorted({event.item for event in save.events}),
            "uuids": sorted({event.key for event in save.events}),
        },
    ).one_or_none()
    if row is None:
        raise no_such_attempt()
    place = Place(row.id, row.person_id, row.state, row.epoch, row.deadline_at, row.now)
    known = _own(place, row.known or [])
    fresh = {event.key: event for event in save.events if event.key not in known}
    if fresh:
        questions = {item: (kind, body) for item, kind, body in row.questions or []}
        known |= _add(session, place, save.epoch, fresh, questions)
    return place, [Ack(event.uuid, known[event.key]) for event in save.events]


def uuid_taken() -> Conflict:
    """Return the refusal of an event whose uuid belongs to another attempt."""
    return Conflict("assessment.uuid", N_("Mã của thay đổi này đã được dùng cho bài khác."))


def _own(place: Place, rows: list[tuple[str, int, str]]) -> dict[str, AnswerStatus]:
    """Return {uuid: status} of known events. Raises Conflict for those of another attempt."""
    if any(attempt_id != place.attempt_id for _, attempt_id, _ in rows):
        raise uuid_taken()
    return {_dashed(uuid): AnswerStatus(status) for uuid, _, status in rows}


def _dashed(uuid: str) -> str:
    # SQLite keeps a uuid without its dashes.
    digits = uuid.replace("-", "")
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _add(
    session: Session, place: Place, epoch: int, fresh: Mapping[str, Event], questions: Questions
) -> dict[str, AnswerStatus]:
    """Add the events ``fresh``, by uuid; return what became of each."""
    if not 1 <= epoch <= place.epoch:
        raise Invalid("assessment.epoch", N_("Thiết bị này chưa nhận lượt làm bài."))
    status, reason = verdict(place.state, place.deadline_at, place.epoch, epoch, place.now)
    rows = [
        {
            "attempt_id": place.attempt_id,
            "item_id": event.item,
            "epoch": epoch,
            "client_seq": event.client_seq,
            "uuid": key,
            "value": _checked(questions, event),
            "status": status,
            "reason": reason,
            "received_at": place.now,
        }
        for key, event in fresh.items()
    ]
    added = set(session.scalars(_INSERT[_dialect(session)], rows))
    fates = dict.fromkeys(added, status)
    if missing := fresh.keys() - added:
        fates |= _overtaken(session, place, missing)
    return fates


def _overtaken(session: Session, place: Place, uuids: set[str]) -> dict[str, AnswerStatus]:
    """Return what became of events that another request stored while this one waited."""
    rows = session.execute(
        select(AnswerEvent.uuid, AnswerEvent.attempt_id, AnswerEvent.status).where(
            AnswerEvent.uuid.in_(uuids)
        )
    )
    return _own(place, [(row.uuid, row.attempt_id, row.status) for row in rows])


def _checked(questions: Questions, event: Event) -> Value:
    if event.item not in questions:
        raise Invalid("assessment.item", N_("Bài này không có câu hỏi đó."))
    kind, body = questions[event.item]
    return type_of(kind).check_value(body, event.value)


def list_known(session: Session, uuids: set[str]) -> set[str]:
    """Return those of ``uuids`` that are stored, of whatever attempt."""
    rows = session.scalars(select(AnswerEvent.uuid).where(AnswerEvent.uuid.in_(uuids)))
    return set(rows)

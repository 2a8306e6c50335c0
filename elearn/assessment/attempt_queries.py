"""Reads of one attempt: its sheet while it runs, its result when it has ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Answered
from elearn.assessment.domain.question_types import (
    Fields,
    Presented,
    QuestionType,
    Value,
    type_of,
)
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    Attempt,
    AttemptEpoch,
    AttemptItem,
    AttemptState,
    FeedbackRule,
    Paper,
    PaperVersion,
    QuestionVersion,
)
from elearn.assessment.policy import no_such_attempt
from elearn.assessment.regrading.effective import effective_bodies
from elearn.assessment.rounds.models import AttemptVoid, Round


@dataclass(frozen=True, slots=True)
class AttemptHead:
    """An attempt and the settings of its paper; ``session_id``: the device that holds it."""

    id: int
    person_id: int
    paper_code: str
    paper_title: str
    section_titles: tuple[str, ...]
    number: int
    state: AttemptState
    epoch: int
    session_id: int | None
    started_at: datetime
    deadline_at: datetime | None
    submitted_at: datetime | None
    closed_by: str | None
    pass_percent: Decimal
    feedback: FeedbackRule
    round_id: int | None
    round_title: str | None
    round_closed_at: datetime | None
    void_reason: str | None


@dataclass(frozen=True, slots=True)
class Current:
    """The answer that counts for an item, and its place in the order of changes."""

    value: Any
    epoch: int
    client_seq: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class SheetItem:
    """A question on the page of a running attempt: no key, no feedback.

    ``filled``: what its fields say now. ``is_answered``: none of them is left empty.
    ``seq`` is the client_seq of the answer shown, -1 without one.
    """

    id: int
    number: int
    section: int
    points: Decimal
    shown: Presented
    filled: Fields
    is_answered: bool
    seq: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """All questions of a running attempt. ``last_seq``: the highest client_seq of its epoch.

    ``superseded`` are the numbers of questions that a former device changed too late.
    """

    items: tuple[SheetItem, ...]
    last_seq: int
    superseded: tuple[int, ...]

    @property
    def unanswered(self) -> tuple[SheetItem, ...]:
        """Return the questions without an answer."""
        return tuple(item for item in self.items if not item.is_answered)


def get_attempt(session: Session, attempt_id: int, *, person_id: int | None) -> AttemptHead:
    """Return the attempt of ``person_id``. Raises NotFound, also for the attempts of others."""
    row = session.execute(
        select(
            Attempt,
            Paper.code,
            PaperVersion,
            AttemptEpoch.session_id,
            Round.title,
            Round.closed_at,
            AttemptVoid.reason,
        )
        .join(Paper, Paper.id == Attempt.paper_id)
        .join(PaperVersion, PaperVersion.id == Attempt.paper_version_id)
        .outerjoin(
            AttemptEpoch,
            and_(AttemptEpoch.attempt_id == Attempt.id, AttemptEpoch.epoch == Attempt.epoch),
        )
        .outerjoin(Round, Round.id == Attempt.round_id)
        .outerjoin(AttemptVoid, AttemptVoid.attempt_id == Attempt.id)
        .where(Attempt.id == attempt_id, Attempt.person_id == person_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise no_such_attempt()
    attempt, version = row.Attempt, row.PaperVersion
    return AttemptHead(
        id=attempt.id,
        person_id=attempt.person_id,
        paper_code=row.code,
        paper_title=version.title,
        section_titles=tuple(str(section["title"]) for section in version.sections),
        number=attempt.number,
        state=attempt.state,
        epoch=attempt.epoch,
        session_id=row.session_id,
        started_at=attempt.started_at,
        deadline_at=attempt.deadline_at,
        submitted_at=attempt.submitted_at,
        closed_by=attempt.closed_by,
        pass_percent=version.pass_percent,
        feedback=version.feedback,
        round_id=attempt.round_id,
        round_title=row.title,
        round_closed_at=row.closed_at,
        void_reason=row.reason,
    )


def find_person_id(session: Session, attempt_id: int) -> int | None:
    """Return whose attempt it is, None where there is none; the caller answers for the scope."""
    return session.scalar(select(Attempt.person_id).where(Attempt.id == attempt_id))


# 1 is the last change of an item by (epoch, client_seq), the one that counts (I2).
_PLACE = func.row_number().over(
    partition_by=AnswerEvent.item_id,
    order_by=(AnswerEvent.epoch.desc(), AnswerEvent.client_seq.desc(), AnswerEvent.id.desc()),
)


def current_answers(
    session: Session,
    attempt_id: int,
    *,
    up_to: tuple[int, int] | None = None,
    statuses: Sequence[AnswerStatus] = (AnswerStatus.STORED,),
) -> dict[int, Current]:
    """Return {item id: the last answer by (epoch, client_seq)}, where there is one (I2).

    ``up_to`` (epoch, client_seq) leaves out what was changed after that point.
    """
    events = select(
        AnswerEvent.item_id,
        AnswerEvent.value,
        AnswerEvent.epoch,
        AnswerEvent.client_seq,
        AnswerEvent.received_at,
        _PLACE.label("place"),
    ).where(AnswerEvent.attempt_id == attempt_id, AnswerEvent.status.in_(statuses))
    if up_to is not None:
        epoch, client_seq = up_to
        events = events.where(
            or_(
                AnswerEvent.epoch < epoch,
                and_(AnswerEvent.epoch == epoch, AnswerEvent.client_seq <= client_seq),
            )
        )
    ranked = events.subquery()
    rows = session.execute(select(ranked).where(ranked.c.place == 1))
    return {
        row.item_id: Current(row.value, row.epoch, row.client_seq, row.received_at) for row in rows
    }


def pending_superseded(
    current: Mapping[int, Current], superseded: Mapping[int, Current]
) -> dict[int, Current]:
    """Return what a former device sent too late and the examinee has not answered since (I8)."""
    return {
        item_id: late
        for item_id, late in superseded.items()
        if (now := current.get(item_id)) is None
        or (now.received_at < late.received_at and now.value != late.value)
    }


def last_seq(session: Session, attempt_id: int, epoch: int) -> int:
    """Return the highest client_seq received in ``epoch``, 0 when there is none."""
    return int(
        session.scalar(
            select(func.coalesce(func.max(AnswerEvent.client_seq), 0)).where(
                AnswerEvent.attempt_id == attempt_id, AnswerEvent.epoch == epoch
            )
        )
        or 0
    )


def form_changes(
    session: Session,
    attempt_id: int,
    *,
    shown_up_to: tuple[int, int],
    fields: Mapping[str, Fields],
) -> list[tuple[int, Value]]:
    """Return (item id, value) for what a plain form changed; ``fields`` by item id.

    The form showed the answers up to (epoch, client_seq) ``shown_up_to``; what still says what
    was shown, or what counts by now, is no change. A radio that is not set says nothing; a
    checkbox that is not set may have been cleared. Raises Invalid for what is no answer.
    """
    rows = session.execute(
        select(AttemptItem.id, QuestionVersion.type, QuestionVersion.body)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    ).all()
    shown = current_answers(session, attempt_id, up_to=shown_up_to)
    current = current_answers(session, attempt_id)
    changes: list[tuple[int, Value]] = []
    for item_id, type_name, body in rows:
        kind = type_of(type_name)
        said = kind.parse_form(body, fields.get(str(item_id), {}))
        if said is None:
            continue
        was, now = (
            state[item_id].value if item_id in state else None for state in (shown, current)
        )
        value = _merged(kind.check_value(body, said), was, now)
        if not (_is_same(kind, value, was) or _is_same(kind, value, now)):
            changes.append((item_id, value))
    return changes


def _is_same(kind: QuestionType, value: Value, before: object) -> bool:
    """Whether two answers say the same; all that answer nothing do."""
    return value == before or not (kind.is_answer(value) or kind.is_answer(before))


def _merged(said: Value, was: object, now: object) -> Value:
    """Return what a form says; of a case, with what counts by now where it changed nothing."""
    if not isinstance(said, dict) or not isinstance(now, dict):
        return said
    before = was if isinstance(was, dict) else {}
    changed = {name for name in {*said, *before} if said.get(name) != before.get(name)}
    kept = {name: value for name, value in now.items() if name not in changed}
    return {**kept, **{name: value for name, value in said.items() if name in changed}}


def get_sheet(session: Session, head: AttemptHead) -> Sheet:
    """Return the questions of ``head`` with the answers that count now, without any key.

    Two statements: thousands open their sheets at the same bell.
    """
    rows = session.execute(
        select(
            AttemptItem.id,
            AttemptItem.position,
            AttemptItem.section,
            AttemptItem.points,
            AttemptItem.option_order,
            QuestionVersion.type,
            QuestionVersion.rendered,
        )
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == head.id)
        .order_by(AttemptItem.position)
    ).all()
    current, superseded, highest = _answers_shown(session, head.id, head.epoch)
    pending = pending_superseded(current, superseded)
    return Sheet(
        items=tuple(_sheet_item(row, current.get(row.id)) for row in rows),
        last_seq=highest,
        superseded=tuple(row.position for row in rows if row.id in pending),
    )


def _answers_shown(
    session: Session, attempt_id: int, epoch: int
) -> tuple[dict[int, Current], dict[int, Current], int]:
    """Return what counts, what a former device sent too late, and ``last_seq``, by one read."""
    place = func.row_number().over(
        partition_by=(AnswerEvent.item_id, AnswerEvent.status),
        order_by=(AnswerEvent.epoch.desc(), AnswerEvent.client_seq.desc(), AnswerEvent.id.desc()),
    )
    highest = func.max(case((AnswerEvent.epoch == epoch, AnswerEvent.client_seq), else_=0)).over()
    ranked = (
        select(
            AnswerEvent.item_id,
            AnswerEvent.status,
            AnswerEvent.value,
            AnswerEvent.epoch,
            AnswerEvent.client_seq,
            AnswerEvent.received_at,
            place.label("place"),
            highest.label("highest"),
        )
        .where(AnswerEvent.attempt_id == attempt_id)
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.place == 1)).all()
    found: dict[AnswerStatus, dict[int, Current]] = {status: {} for status in AnswerStatus}
    for row in rows:
        found[row.status][row.item_id] = Current(
            row.value, row.epoch, row.client_seq, row.received_at
        )
    last = max((row.highest for row in rows), default=0)
    return found[AnswerStatus.STORED], found[AnswerStatus.SUPERSEDED], last


def _sheet_item(item: Row[Any], answer: Current | None) -> SheetItem:
    kind, rendered = type_of(item.type), item.rendered
    value = answer.value if answer else None
    return SheetItem(
        id=item.id,
        number=item.position,
        section=item.section,
        points=item.points,
        shown=kind.present(rendered, item.option_order),
        filled=kind.form_of(rendered, value),
        is_answered=kind.is_complete(rendered, value),
        seq=answer.client_seq if answer else -1,
    )


def counted(*, late: bool) -> tuple[AnswerStatus, ...]:
    """Return which answers a grade counts; ``late``: those that came too late as well."""
    return (AnswerStatus.STORED, AnswerStatus.LATE) if late else (AnswerStatus.STORED,)


def list_answered(session: Session, attempt_id: int, *, late: bool = False) -> list[Answered]:
    """Return every question of an attempt with its key by now and the answer a grade counts."""
    current = current_answers(session, attempt_id, statuses=counted(late=late))
    rows = session.execute(
        select(AttemptItem.id, AttemptItem.points, AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    ).all()
    keys = effective_bodies(session, [row.question_version_id for row in rows])
    return [
        keys[row.question_version_id].answered(
            row.id, row.points, current[row.id].value if row.id in current else None
        )
        for row in rows
    ]

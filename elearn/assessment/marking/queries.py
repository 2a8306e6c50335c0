"""Reads of marking. What a marker sees never tells whose essay it is, nor what others gave."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from elearn.assessment.attempt_queries import current_answers
from elearn.assessment.domain.question_types import CASE
from elearn.assessment.marking import rules
from elearn.assessment.marking.models import EssayMark, MarkingClaim, MarkingTask
from elearn.assessment.marking.rules import Line
from elearn.assessment.models import Attempt, AttemptState, QuestionVersion
from elearn.kernel.errors import N_, NotFound
from elearn.org.scope import UnitScope, people_in


@dataclass(frozen=True, slots=True)
class Essay:
    """An essay as its marker sees it: question, rubric and answer, nothing of the person."""

    token: str
    stems_html: tuple[str, ...]
    explanation_html: str
    text: str
    word_count: int
    min_words: int
    rubric: tuple[Line, ...]
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class QueueLine:
    """The essays of one question within somebody's units: counts of essays."""

    question_code_id: int
    stem_html: str
    total: int
    settled: int
    held: int
    third: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits, and how much the marker himself has done."""

    lines: tuple[QueueLine, ...]
    open_for_me: int
    held_token: str | None
    marked_by_me: int

    @property
    def total(self) -> int:
        """Return how many essays there are."""
        return sum(line.total for line in self.lines)

    @property
    def settled(self) -> int:
        """Return how many of them are settled."""
        return sum(line.settled for line in self.lines)


@dataclass(frozen=True, slots=True)
class ShownMark:
    """What a marked essay came to, for its examinee after release: lines, comments."""

    part: str
    lines: tuple[tuple[Line, Decimal], ...]
    comments: tuple[str, ...]


def no_such_task() -> NotFound:
    """Return the one answer for essays that are not there and those that others hold."""
    return NotFound(
        "marking.task",
        N_("Bạn không giữ bài này: đã hết giờ giữ bài hoặc bài đã được chấm. Hãy nhận bài khác."),
    )


def within(scope: UnitScope, person_id: int | None) -> ColumnElement[bool]:
    """Return the condition that an essay is of ``scope`` and not the marker's own."""
    mine = Attempt.person_id.is_distinct_from(person_id)
    return and_(
        Attempt.id == MarkingTask.attempt_id,
        Attempt.state == AttemptState.SUBMITTED,
        Attempt.person_id.in_(people_in(scope)),
        mine,
    )


def live_claims(now: datetime) -> ColumnElement[int]:
    """Return the number of places of a task that are held now."""
    return (
        select(func.count(MarkingClaim.id))
        .where(MarkingClaim.task_id == MarkingTask.id, MarkingClaim.lease_until > now)
        .correlate(MarkingTask)
        .scalar_subquery()
    )


def marks_given() -> ColumnElement[int]:
    """Return the number of marks a task has."""
    return (
        select(func.count(EssayMark.id))
        .where(EssayMark.task_id == MarkingTask.id)
        .correlate(MarkingTask)
        .scalar_subquery()
    )


def open_for(user_id: int, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a task has a place for a marker who has not marked it."""
    marked = select(EssayMark.task_id).where(EssayMark.marker_id == user_id)
    held = select(MarkingClaim.task_id).where(
        MarkingClaim.marker_id == user_id, MarkingClaim.lease_until > now
    )
    return and_(
        MarkingTask.settled_at.is_(None),
        MarkingTask.id.not_in(marked),
        MarkingTask.id.not_in(held),
        marks_given() + live_claims(now) < MarkingTask.needed,
    )


def find_held(session: Session, user_id: int, now: datetime) -> str | None:
    """Return the token of the essay that a marker holds, None without one."""
    return session.scalar(
        select(MarkingTask.token)
        .join(MarkingClaim, MarkingClaim.task_id == MarkingTask.id)
        .join(Attempt, Attempt.id == MarkingTask.attempt_id)
        .where(
            MarkingClaim.marker_id == user_id,
            MarkingClaim.lease_until > now,
            MarkingTask.settled_at.is_(None),
            Attempt.state == AttemptState.SUBMITTED,
        )
        .order_by(MarkingClaim.id)
        .limit(1)
    )


def get_queue(
    session: Session, scope: UnitScope, user_id: int, person_id: int | None, now: datetime
) -> Queue:
    """Return what is to be marked within ``scope``, question by question. Four statements."""
    rows = session.execute(
        select(
            QuestionVersion.id,
            QuestionVersion.rendered,
            func.count(MarkingTask.id),
            func.count(MarkingTask.settled_at),
            func.coalesce(
                func.sum(
                    case((and_(MarkingTask.settled_at.is_(None), live_claims(now) > 0), 1), else_=0)
                ),
                0,
            ),
            func.coalesce(
                func.sum(
                    case(
                        (and_(MarkingTask.settled_at.is_(None), MarkingTask.needed > 2), 1),
                        else_=0,
                    )
                ),
                0,
            ),
        )
        .join(MarkingTask, MarkingTask.question_version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == MarkingTask.attempt_id)
        .where(
            Attempt.state != AttemptState.VOIDED,
            or_(Attempt.state == AttemptState.SUBMITTED, MarkingTask.settled_at.is_not(None)),
            Attempt.person_id.in_(people_in(scope)),
        )
        .group_by(QuestionVersion.id)
        .order_by(QuestionVersion.id)
    )
    lines = tuple(
        QueueLine(version_id, rendered["stem"], total, settled, int(held), int(third))
        for version_id, rendered, total, settled, held, third in rows
    )
    open_count = session.scalar(
        select(func.count(MarkingTask.id))
        .join(Attempt, Attempt.id == MarkingTask.attempt_id)
        .where(within(scope, person_id), open_for(user_id, now))
    )
    mine = session.scalar(select(func.count(EssayMark.id)).where(EssayMark.marker_id == user_id))
    return Queue(lines, open_count or 0, find_held(session, user_id, now), mine or 0)


def get_essay(session: Session, task: MarkingTask, lease_until: datetime) -> Essay:
    """Return ``task`` as its marker sees it."""
    version = session.get_one(QuestionVersion, task.question_version_id)
    value = current_answers(session, task.attempt_id)[task.item_id].value
    essay = rules.essay_body(version.type, version.body, task.part)
    rendered, stems = _rendered(version, task.part)
    text = str(value[task.part] if task.part else value)
    return Essay(
        token=task.token,
        stems_html=stems,
        explanation_html=str(rendered.get("explanation") or ""),
        text=text,
        word_count=len(text.split()),
        min_words=int(essay.get("min_words") or 0),
        rubric=tuple(rules.rubric_of(essay)),
        lease_until=lease_until,
    )


def _rendered(version: QuestionVersion, part: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    if version.type != CASE.name:
        return version.rendered, (str(version.rendered["stem"]),)
    inner: dict[str, Any] = version.rendered["questions"][int(part)]
    return inner, (str(version.rendered["stem"]), str(inner["stem"]))


def shares_of(session: Session, attempt_id: int) -> dict[int, dict[str, Decimal]]:
    """Return {item id: {part: share}} of the settled essays of an attempt."""
    rows = session.execute(
        select(MarkingTask.item_id, MarkingTask.part, MarkingTask.share).where(
            MarkingTask.attempt_id == attempt_id, MarkingTask.share.is_not(None)
        )
    )
    shares: dict[int, dict[str, Decimal]] = {}
    for item_id, part, share in rows:
        shares.setdefault(item_id, {})[part] = share or Decimal(0)
    return shares


def count_unsettled(session: Session, attempt_id: int) -> int:
    """Return how many essays of an attempt wait for marks."""
    counted = select(func.count(MarkingTask.id)).where(
        MarkingTask.attempt_id == attempt_id, MarkingTask.settled_at.is_(None)
    )
    return session.scalar(counted) or 0


def marks_shown(session: Session, attempt_id: int) -> dict[int, list[ShownMark]]:
    """Return {item id: what its essays came to}; the caller answers for the release.

    Points are the mean of the marks that count; of markers nothing is told.
    """
    rows = session.execute(
        select(MarkingTask, QuestionVersion, EssayMark)
        .join(QuestionVersion, QuestionVersion.id == MarkingTask.question_version_id)
        .join(EssayMark, EssayMark.task_id == MarkingTask.id)
        .where(MarkingTask.attempt_id == attempt_id, MarkingTask.settled_at.is_not(None))
        .order_by(MarkingTask.item_id, MarkingTask.part, EssayMark.place)
    ).all()
    by_task: dict[int, list[Any]] = {}
    for row in rows:
        by_task.setdefault(row.MarkingTask.id, []).append(row)
    shown: dict[int, list[ShownMark]] = {}
    for group in by_task.values():
        task, version = group[0].MarkingTask, group[0].QuestionVersion
        rubric = rules.rubric_of(rules.essay_body(version.type, version.body, task.part))
        marks = [row.EssayMark for row in group]
        shown.setdefault(task.item_id, []).append(_shown(task.part, rubric, marks))
    return shown


def _shown(part: str, rubric: Collection[Line], marks: Collection[EssayMark]) -> ShownMark:
    places = rules.counting([mark.place for mark in marks])
    counted = [mark for mark in marks if mark.place in places]
    lines = tuple(
        (line, sum((Decimal(mark.points[at]) for mark in counted), Decimal(0)) / len(counted))
        for at, line in enumerate(rubric)
    )
    return ShownMark(part, lines, tuple(mark.comment for mark in counted if mark.comment))

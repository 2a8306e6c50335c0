"""Writes of key corrections and of the grades they append. Never commits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.models import Grade, QuestionVersion
from elearn.assessment.regrading import slices
from elearn.assessment.regrading.effective import effective_bodies
from elearn.assessment.regrading.models import (
    CorrectionDecision,
    CorrectionPreview,
    DecisionKind,
    KeyCorrection,
    PreviewRow,
    RegradeOutcome,
    RegradeRun,
)
from elearn.assessment.regrading.rules import Judged, Key, Tally, judge
from elearn.infra.bulk import insert_all
from elearn.kernel.errors import N_, Conflict, NotFound

REGRADED = "regraded"


@dataclass(frozen=True, slots=True)
class Proposed:
    """How a question version shall be graded; ``body`` with the right key where it is KEY."""

    treatment: Treatment
    body: dict[str, Any] | None
    reason: str


def propose(
    session: Session, version: QuestionVersion, given: Proposed, *, by: int, now: datetime
) -> KeyCorrection:
    """Add a proposal for the locked ``version``.

    Raises Conflict while another one waits or is being applied.
    """
    if _is_busy(session, version.id):
        raise Conflict(
            "keys.busy", N_("Phiên bản này đang có một đề nghị sửa đáp án chưa xử lý xong.")
        )
    row = KeyCorrection(
        question_version_id=version.id,
        treatment=given.treatment,
        body=given.body,
        reason=given.reason,
        proposed_by=by,
        proposed_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _is_busy(session: Session, version_id: int) -> bool:
    rows = session.execute(
        select(CorrectionDecision.kind, RegradeRun.finished_at)
        .select_from(KeyCorrection)
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == KeyCorrection.id)
        .outerjoin(RegradeRun, RegradeRun.correction_id == KeyCorrection.id)
        .where(KeyCorrection.question_version_id == version_id)
    )
    return any(
        row.kind is None or (row.kind is DecisionKind.APPROVED and row.finished_at is None)
        for row in rows
    )


def lock_correction(session: Session, correction_id: int) -> KeyCorrection:
    """Return the correction, locked until the act ends. Raises NotFound."""
    row = session.scalar(
        select(KeyCorrection).where(KeyCorrection.id == correction_id).with_for_update()
    )
    if row is None:
        raise no_such_correction()
    return row


def no_such_correction() -> NotFound:
    """Return the refusal of an id that names nothing."""
    return NotFound("keys.unknown", N_("Không tìm thấy đề nghị sửa đáp án này."))


def decide(
    session: Session,
    correction: KeyCorrection,
    kind: DecisionKind,
    *,
    by: int,
    reason: str | None,
    may_lower: bool = False,
    now: datetime,
) -> None:
    """Record how the locked proposal ends. Raises Conflict when it has been decided."""
    decided = session.scalar(
        select(CorrectionDecision.id).where(CorrectionDecision.correction_id == correction.id)
    )
    if decided is not None:
        raise Conflict("keys.decided", N_("Đề nghị này đã được quyết định."))
    session.add(
        CorrectionDecision(
            correction_id=correction.id,
            kind=kind,
            may_lower=may_lower,
            reason=reason,
            decided_by=by,
            decided_at=now,
        )
    )
    if kind is DecisionKind.APPROVED:
        total = slices.count_graded_with(session, correction.question_version_id)
        session.add(RegradeRun(correction_id=correction.id, total=total))
    session.flush()


def keys_of(session: Session, correction: KeyCorrection) -> tuple[Key, Key]:
    """Return the key before the correction and after it."""
    version_id = correction.question_version_id
    decided_at = session.scalar(
        select(CorrectionDecision.decided_at).where(
            CorrectionDecision.correction_id == correction.id
        )
    )
    before = effective_bodies(session, [version_id], before=decided_at)[version_id]
    published = session.get_one(QuestionVersion, version_id)
    after = Key(
        published.type,
        correction.body or published.body,
        correction.treatment,
        correction.reason,
    )
    return before, after


def judge_slice(
    session: Session,
    version_id: int,
    attempt_ids: Sequence[int],
    keys: tuple[Key, Key],
    *,
    may_lower: bool,
) -> list[Judged]:
    """Return what the correction makes of each of the attempts."""
    return [
        judge(standing, cases, *keys, may_lower=may_lower)
        for standing, cases in slices.iter_cases(session, version_id, attempt_ids)
    ]


def append_grades(
    session: Session,
    correction_id: int,
    judged: Sequence[Judged],
    *,
    by: int | None,
    now: datetime,
) -> None:
    """Add the grades that count and the outcome of every attempt. Two statements."""
    insert_all(session, Grade, [_grade_row(one, by=by, now=now) for one in judged if one.counts])
    outcomes = [
        {
            "correction_id": correction_id,
            "grade_number": one.standing.number + 1 if one.counts else None,
            "regraded_at": now,
            "change": one.change,
            **_figures(one),
        }
        for one in judged
    ]
    insert_all(session, RegradeOutcome, outcomes)


def _grade_row(one: Judged, *, by: int | None, now: datetime) -> dict[str, Any]:
    return {
        "attempt_id": one.standing.attempt_id,
        "number": one.standing.number + 1,
        "score": one.score,
        "max_score": one.max_score,
        "passed": one.passed,
        "item_scores": {**one.standing.item_scores, **one.item_scores},
        "reason": REGRADED,
        "late_counted": one.standing.late_counted,
        "graded_at": now,
        "graded_by": by,
    }


def _figures(one: Judged) -> dict[str, Any]:
    return {
        "attempt_id": one.standing.attempt_id,
        "score_before": one.standing.score,
        "score_after": one.score,
        "max_before": one.standing.max_score,
        "max_after": one.max_score,
        "passed_before": one.standing.passed,
        "passed_after": one.passed,
    }


def clear_preview(session: Session, correction_id: int) -> None:
    """Forget the preview of a proposal."""
    for table in (PreviewRow, CorrectionPreview):
        session.execute(delete(table).where(table.correction_id == correction_id))


def add_preview_rows(session: Session, correction_id: int, judged: Iterable[Judged]) -> None:
    """Keep which attempts a proposal would change."""
    rows = [{"correction_id": correction_id, **_figures(one)} for one in judged if one.counts]
    insert_all(session, PreviewRow, rows)


def finish_preview(
    session: Session, correction_id: int, tally: Tally, *, people: int, now: datetime
) -> None:
    """Record the counts of a preview."""
    counts: Mapping[str, int] = asdict(tally)
    session.add(
        CorrectionPreview(
            correction_id=correction_id,
            attempts=counts["attempts"],
            people=people,
            raised=counts["raised"],
            lowered=counts["lowered"],
            newly_passed=counts["newly_passed"],
            newly_failed=counts["newly_failed"],
            made_at=now,
        )
    )


def lock_run(session: Session, correction_id: int) -> RegradeRun:
    """Return the run of an approved correction, locked: one slice at a time. Raises NotFound."""
    run = session.scalar(
        select(RegradeRun)
        .where(RegradeRun.correction_id == correction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if run is None:
        raise no_such_correction()
    return run


def mark_followed(session: Session, outcome_id: int, *, now: datetime) -> bool:
    """Note that the completion chain runs for a newly passed attempt; False when it has."""
    marked = session.execute(
        update(RegradeOutcome)
        .where(RegradeOutcome.id == outcome_id, RegradeOutcome.followed_at.is_(None))
        .values(followed_at=now)
        .returning(RegradeOutcome.id)
    )
    return marked.scalar_one_or_none() is not None

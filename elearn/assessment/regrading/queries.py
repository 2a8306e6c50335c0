"""Reads of key corrections: lists, one correction, its preview, its outcome."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from elearn.accounts.models import User
from elearn.assessment.domain.grading import Treatment, percent
from elearn.assessment.models import Attempt, Paper, PaperVersion, Question, QuestionVersion
from elearn.assessment.regrading.models import (
    Change,
    CorrectionDecision,
    CorrectionPreview,
    DecisionKind,
    KeyCorrection,
    PreviewRow,
    RegradeOutcome,
    RegradeRun,
)
from elearn.assessment.regrading.services import no_such_correction
from elearn.kernel.errors import N_, Conflict, NotFound
from elearn.kernel.paging import Page, PageRequest
from elearn.org.models import Person
from elearn.org.scope import UnitScope, people_in


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """A correction in the list; ``decision`` None while it waits, ``finished_at`` of the run."""

    id: int
    question_code: str
    number: int
    treatment: Treatment
    reason: str
    proposed_by: int
    proposed_by_name: str
    proposed_at: datetime
    decision: DecisionKind | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A correction with the question version it is about, its decision and its run."""

    line: CorrectionLine
    version: QuestionVersion
    correction: KeyCorrection
    decision: CorrectionDecision | None
    decided_by_name: str | None
    run: RegradeRun | None
    preview: CorrectionPreview | None


@dataclass(frozen=True, slots=True)
class AffectedLine:
    """Somebody whose attempt a correction changes or would change; shares in percent."""

    person_id: int
    full_name: str
    person_code: str
    paper_title: str
    attempt_number: int
    score_before: Decimal
    max_before: Decimal
    score_after: Decimal
    max_after: Decimal
    passed_before: bool
    passed_after: bool
    is_kept: bool

    @property
    def percent_before(self) -> Decimal:
        """Return the share before, 0 to 100."""
        return percent(self.score_before, self.max_before)

    @property
    def percent_after(self) -> Decimal:
        """Return the share after, 0 to 100."""
        return percent(self.score_after, self.max_after)


def lock_version(session: Session, code: str, number: int) -> QuestionVersion:
    """Return a version of a question, locked until the act ends. Raises NotFound."""
    return _version(session, select(QuestionVersion).with_for_update(), code, number)


def get_version(session: Session, code: str, number: int) -> QuestionVersion:
    """Return a version of a question. Raises NotFound."""
    return _version(session, select(QuestionVersion), code, number)


def _version(
    session: Session, statement: Select[QuestionVersion], code: str, number: int
) -> QuestionVersion:
    question = select(Question.id).where(Question.code == code).scalar_subquery()
    found = session.scalar(
        statement.where(QuestionVersion.question_id == question, QuestionVersion.number == number)
    )
    if found is None:
        raise NotFound("version.unknown", N_("Không tìm thấy phiên bản này."))
    return found


_proposer = aliased(User)


def _lines() -> Select[KeyCorrection, str, int, str, DecisionKind | None, datetime | None]:
    return (
        select(
            KeyCorrection,
            Question.code,
            QuestionVersion.number,
            _proposer.display_name,
            CorrectionDecision.kind,
            RegradeRun.finished_at,
        )
        .join(QuestionVersion, QuestionVersion.id == KeyCorrection.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .join(_proposer, _proposer.id == KeyCorrection.proposed_by)
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == KeyCorrection.id)
        .outerjoin(RegradeRun, RegradeRun.correction_id == KeyCorrection.id)
    )


def _line(
    row: KeyCorrection,
    code: str,
    number: int,
    proposer: str,
    decision: DecisionKind | None,
    finished_at: datetime | None,
) -> CorrectionLine:
    return CorrectionLine(
        id=row.id,
        question_code=code,
        number=number,
        treatment=row.treatment,
        reason=row.reason,
        proposed_by=row.proposed_by,
        proposed_by_name=proposer,
        proposed_at=row.proposed_at,
        decision=decision,
        finished_at=finished_at,
    )


def page_of_corrections(session: Session, page: PageRequest) -> Page[CorrectionLine]:
    """Return the corrections, those that wait first, then the newest."""
    total = session.scalar(select(func.count(KeyCorrection.id))) or 0
    rows = session.execute(
        _lines()
        .order_by(CorrectionDecision.id.is_not(None), KeyCorrection.id.desc())
        .limit(page.size)
        .offset(page.offset)
    )
    return Page([_line(*row) for row in rows], page.number, page.size, total)


def corrections_of(session: Session, code: str) -> list[CorrectionLine]:
    """Return the corrections of one question, the newest first."""
    rows = session.execute(_lines().where(Question.code == code).order_by(KeyCorrection.id.desc()))
    return [_line(*row) for row in rows]


def get_correction(session: Session, correction_id: int) -> CorrectionView:
    """Return the correction. Raises NotFound."""
    row = session.execute(_lines().where(KeyCorrection.id == correction_id)).one_or_none()
    if row is None:
        raise no_such_correction()
    correction: KeyCorrection = row[0]
    decision = session.scalar(
        select(CorrectionDecision).where(CorrectionDecision.correction_id == correction_id)
    )
    decider = session.get(User, decision.decided_by) if decision else None
    return CorrectionView(
        line=_line(*row),
        version=session.get_one(QuestionVersion, correction.question_version_id),
        correction=correction,
        decision=decision,
        decided_by_name=decider.display_name if decider else None,
        run=session.scalar(select(RegradeRun).where(RegradeRun.correction_id == correction_id)),
        preview=find_preview(session, correction_id),
    )


def get_decision(session: Session, correction_id: int) -> CorrectionDecision:
    """Return the decision of a correction that has been decided."""
    return session.execute(
        select(CorrectionDecision).where(CorrectionDecision.correction_id == correction_id)
    ).scalar_one()


def check_waiting(session: Session, correction_id: int) -> None:
    """Raise Conflict when the proposal has been decided."""
    if session.scalar(
        select(CorrectionDecision.id).where(CorrectionDecision.correction_id == correction_id)
    ):
        raise Conflict("keys.decided", N_("Đề nghị này đã được quyết định."))


def find_preview(session: Session, correction_id: int) -> CorrectionPreview | None:
    """Return what a proposal would do, None while it has not been counted."""
    return session.scalar(
        select(CorrectionPreview).where(CorrectionPreview.correction_id == correction_id)
    )


def count_people(session: Session, correction_id: int) -> int:
    """Return how many people have an attempt that the proposal would change."""
    counted = (
        select(func.count(Attempt.person_id.distinct()))
        .join(PreviewRow, PreviewRow.attempt_id == Attempt.id)
        .where(PreviewRow.correction_id == correction_id)
    )
    return session.scalar(counted) or 0


def changes_person(session: Session, correction_id: int, person_id: int) -> bool:
    """Whether the preview of a proposal changes an attempt of the person."""
    found = session.scalar(
        select(PreviewRow.id)
        .join(Attempt, Attempt.id == PreviewRow.attempt_id)
        .where(PreviewRow.correction_id == correction_id, Attempt.person_id == person_id)
        .limit(1)
    )
    return found is not None


def _loses() -> ColumnElement[bool]:
    return (
        PreviewRow.score_after * PreviewRow.max_before
        < PreviewRow.score_before * PreviewRow.max_after
    )


def count_losers_outside(session: Session, correction_id: int, scope: UnitScope) -> int:
    """Return how many people who would lose are not within ``scope``."""
    counted = (
        select(func.count(Attempt.person_id.distinct()))
        .join(PreviewRow, PreviewRow.attempt_id == Attempt.id)
        .where(
            PreviewRow.correction_id == correction_id,
            _loses(),
            Attempt.person_id.not_in(people_in(scope)),
        )
    )
    return session.scalar(counted) or 0


def page_of_affected(
    session: Session, view: CorrectionView, scope: UnitScope, page: PageRequest
) -> Page[AffectedLine]:
    """Return the people within ``scope`` whom the correction changes, or would change.

    Those who pass or fail by it first. After the regrade: what it did.
    """
    done = view.decision is not None and view.decision.kind is DecisionKind.APPROVED
    table = RegradeOutcome if done else PreviewRow
    condition = and_(table.correction_id == view.line.id, Attempt.person_id.in_(people_in(scope)))
    if done:
        condition = and_(condition, RegradeOutcome.change != Change.UNCHANGED)
    kept = RegradeOutcome.change == Change.KEPT if done else PreviewRow.id.is_(None)
    statement = (
        select(
            Person.id,
            Person.full_name,
            Person.code,
            PaperVersion.title,
            Attempt.number,
            table.score_before,
            table.max_before,
            table.score_after,
            table.max_after,
            table.passed_before,
            table.passed_after,
            kept,
        )
        .join(Attempt, Attempt.id == table.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
        .join(PaperVersion, PaperVersion.id == Attempt.paper_version_id)
        .where(condition)
    )
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = session.execute(
        statement.order_by(table.passed_before == table.passed_after, Person.sort_key, Attempt.id)
        .limit(page.size)
        .offset(page.offset)
    )
    return Page([AffectedLine(*tuple(row)) for row in rows], page.number, page.size, total)


def count_outcomes(session: Session, correction_id: int) -> int:
    """Return how many attempts the regrade has done."""
    counted = select(func.count()).where(RegradeOutcome.correction_id == correction_id)
    return session.scalar(counted) or 0


def count_changes(session: Session, correction_id: int) -> dict[str, int]:
    """Return what the regrade has done so far: {change: attempts}, newly passed and failed."""
    rows = session.execute(
        select(RegradeOutcome.change, func.count())
        .where(RegradeOutcome.correction_id == correction_id)
        .group_by(RegradeOutcome.change)
    )
    counts = {change.value.lower(): 0 for change in Change}
    counts |= {change.value.lower(): count for change, count in rows}
    for name, condition in (("newly_passed", _newly_passed()), ("newly_failed", _newly_failed())):
        counted = select(func.count()).where(
            RegradeOutcome.correction_id == correction_id, condition
        )
        counts[name] = session.scalar(counted) or 0
    return counts


def _newly_passed() -> ColumnElement[bool]:
    return and_(
        RegradeOutcome.change == Change.RAISED,
        RegradeOutcome.passed_after,
        ~RegradeOutcome.passed_before,
    )


def _newly_failed() -> ColumnElement[bool]:
    return and_(
        RegradeOutcome.change == Change.LOWERED,
        RegradeOutcome.passed_before,
        ~RegradeOutcome.passed_after,
    )


def list_to_follow(
    session: Session, correction_id: int, paper_codes: Collection[str]
) -> list[tuple[int, int]]:
    """Return (outcome id, person id) of those who newly passed one of the papers, not yet followed.

    Only the tests of modules complete anything.
    """
    rows = session.execute(
        select(RegradeOutcome.id, Attempt.person_id)
        .join(Attempt, Attempt.id == RegradeOutcome.attempt_id)
        .join(Paper, Paper.id == Attempt.paper_id)
        .where(
            RegradeOutcome.correction_id == correction_id,
            RegradeOutcome.followed_at.is_(None),
            _newly_passed(),
            Paper.code.in_(paper_codes),
        )
        .order_by(RegradeOutcome.id)
    )
    return [(row.id, row.person_id) for row in rows]


def list_newly_failed(session: Session, correction_id: int) -> list[int]:
    """Return the attempts that pass no more."""
    return list(
        session.scalars(
            select(RegradeOutcome.attempt_id)
            .where(RegradeOutcome.correction_id == correction_id, _newly_failed())
            .order_by(RegradeOutcome.attempt_id)
        )
    )


def reasons_of(session: Session, attempt_id: int) -> list[tuple[int, str]]:
    """Return (grade number, reason) of the regrades that appended a grade to the attempt."""
    rows = session.execute(
        select(RegradeOutcome.grade_number, KeyCorrection.reason)
        .join(KeyCorrection, KeyCorrection.id == RegradeOutcome.correction_id)
        .where(
            RegradeOutcome.attempt_id == attempt_id,
            RegradeOutcome.grade_number.is_not(None),
        )
        .order_by(RegradeOutcome.grade_number)
    )
    return [(row.grade_number or 0, row.reason) for row in rows]

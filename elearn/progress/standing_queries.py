"""How a person stands with tests: attempts used and left, the best result, what is open."""

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from elearn.assessment.domain import timing
from elearn.assessment.domain.draw import blueprint_of
from elearn.assessment.domain.grading import percent
from elearn.assessment.models import (
    Attempt,
    AttemptState,
    ExtraAttempt,
    Grade,
    Paper,
    PaperKind,
    PaperVersion,
)
from elearn.assessment.queries import uses_up
from elearn.progress.board_rules import Sitting, Standing

OPEN_KINDS = (PaperKind.SURVEY, PaperKind.PRACTICE)


def list_standings(
    session: Session, person_id: int, codes: Collection[str], *, with_open_kinds: bool
) -> dict[str, Standing]:
    """Return how a person stands with the papers ``codes``, by code, in the order of titles.

    ``with_open_kinds``: also with every survey and practice paper. Papers not published or
    retired are absent. Three statements.
    """
    kinds = OPEN_KINDS if with_open_kinds else ()
    wanted = or_(Paper.code.in_(codes), PaperVersion.kind.in_(kinds))
    papers = session.execute(
        select(Paper.code, PaperVersion)
        .join(PaperVersion, PaperVersion.id == Paper.published_version_id)
        .where(Paper.retired_at.is_(None), wanted)
        .order_by(PaperVersion.title, Paper.code)
    ).all()
    ids = [version.paper_id for _, version in papers]
    sittings = _sittings(session, person_id, ids)
    granted = _granted(session, person_id, ids)
    return {
        code: _standing(
            code, version, sittings.get(version.paper_id, ()), granted.get(version.paper_id, 0)
        )
        for code, version in papers
    }


def _mine(
    table: type[Attempt] | type[ExtraAttempt], person_id: int, ids: Iterable[int]
) -> ColumnElement[bool]:
    return and_(table.person_id == person_id, table.paper_id.in_(list(ids)))


def _sittings(
    session: Session, person_id: int, ids: Iterable[int]
) -> dict[int, tuple[Sitting, ...]]:
    """Return the attempts of a person by paper, in their order, each with its last grade.

    Voided attempts are left out, or stand without a grade where they use up one of those allowed.
    """
    later = aliased(Grade)
    last = select(func.max(later.number)).where(later.attempt_id == Attempt.id).scalar_subquery()
    rows = session.execute(
        select(Attempt, Grade)
        .outerjoin(Grade, and_(Grade.attempt_id == Attempt.id, Grade.number == last))
        .where(_mine(Attempt, person_id, ids), uses_up())
        .order_by(Attempt.paper_id, Attempt.number)
    )
    found: dict[int, tuple[Sitting, ...]] = {}
    for attempt, grade in rows:
        found[attempt.paper_id] = (*found.get(attempt.paper_id, ()), _sitting(attempt, grade))
    return found


def _sitting(attempt: Attempt, last_grade: Grade | None) -> Sitting:
    grade = None if attempt.state is AttemptState.VOIDED else last_grade
    return Sitting(
        attempt_id=attempt.id,
        is_open=attempt.state is AttemptState.IN_PROGRESS,
        ended_at=attempt.submitted_at,
        percent=percent(grade.score, grade.max_score) if grade else None,
        passed=grade.passed if grade else False,
    )


def _granted(session: Session, person_id: int, ids: Iterable[int]) -> dict[int, int]:
    rows = session.execute(
        select(ExtraAttempt.paper_id, func.sum(ExtraAttempt.count).label("granted"))
        .where(_mine(ExtraAttempt, person_id, ids))
        .group_by(ExtraAttempt.paper_id)
    )
    return {row.paper_id: int(row.granted) for row in rows}


def _standing(
    code: str, version: PaperVersion, sittings: tuple[Sitting, ...], granted: int
) -> Standing:
    ended = [each.ended_at for each in sittings if each.ended_at is not None]
    return Standing(
        code=code,
        title=version.title,
        kind=version.kind,
        time_limit_minutes=version.time_limit_minutes,
        pass_percent=version.pass_percent,
        question_count=blueprint_of(version.sections, shuffle=version.shuffle).question_count,
        attempts_left=timing.attempts_left(version.attempts, granted, len(sittings)),
        opens_again_at=timing.open_again_at(max(ended, default=None), version.cooldown_hours),
        sittings=sittings,
    )

"""Questions whose key a published lesson shows: marked in the bank, so that no test draws them."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.assessment.models import Question
from elearn.curriculum.models import Lesson, LessonVersion


def codes_in_lessons(session: Session, *, but: str | None = None) -> frozenset[str]:
    """Return the questions that published lessons ask, the lesson ``but`` aside."""
    statement = (
        select(LessonVersion.check_codes)
        .join(Lesson, Lesson.published_version_id == LessonVersion.id)
        .where(Lesson.retired_at.is_(None))
    )
    if but is not None:
        statement = statement.where(Lesson.code != but)
    return frozenset(code for codes in session.scalars(statement) for code in codes)


def mark(session: Session) -> None:
    """Make the marks in the bank say what the published lessons ask now."""
    session.flush()
    codes = codes_in_lessons(session)
    for is_check, condition in (
        (True, Question.code.in_(codes)),
        (False, Question.code.not_in(codes)),
    ):
        session.execute(
            update(Question)
            .where(condition, Question.is_inline_check.is_not(is_check))
            .values(is_inline_check=is_check)
            .execution_options(synchronize_session="fetch")
        )

"""The smallest valid rows of what is asked; each is committed at once."""

from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.content import render_question
from elearn.assessment.forms.services import pool_for
from elearn.assessment.models import (
    FeedbackRule,
    Level,
    Paper,
    PaperKind,
    PaperVersion,
    Question,
    QuestionVersion,
)
from elearn.assessment.queries import get_paper
from elearn.infra.db import transaction
from elearn.infra.richtext_syntax import NO_CONTEXT
from elearn.kernel.clock import utc_now
from tests.factories.questions import BODIES

_numbers = count(1)
_LETTERS = "abcdefgh"


def _choice_body(correct: str, options: int) -> dict[str, Any]:
    return {
        "stem": "Câu hỏi thử?",
        "options": [
            {
                "text": f"Phương án {letter}",
                "correct": letter in correct,
                "feedback": f"Nhận xét {letter}",
            }
            for letter in _LETTERS[:options]
        ],
        "explanation": "Vì sao đúng.",
    }


def _rendered(body: dict[str, Any]) -> dict[str, Any]:
    if ("options" not in body and "answer" not in body) or "unit" in body:
        return render_question(body, NO_CONTEXT)
    return {
        "stem": f"<p>{body['stem']}</p>",
        "options": [
            {
                "id": letter,
                "html": f"<p>{option['text']}</p>",
                "feedback": f"<p>{option['feedback']}</p>" if option.get("feedback") else None,
            }
            for letter, option in zip(_LETTERS, body.get("options", []), strict=False)
        ],
        "explanation": f"<p>{body['explanation']}</p>",
    }


def make_question(
    session: Session,
    code: str | None = None,
    *,
    type: str = "single_choice",
    module_code: str = "m1",
    lesson_code: str | None = None,
    level: Level = Level.RECALL,
    correct: str = "a",
    options: int = 4,
    answer: bool = True,
    scoring: str = "all_or_nothing",
    points: Decimal = Decimal(1),
    body: dict[str, Any] | None = None,
) -> Question:
    """Add a published question of any type; ``body`` replaces the one made for it.

    ``correct`` holds the letters of the right options ("ac"); ``answer`` is for true_false; the
    bodies of the other types are in tests.factories.questions.
    """
    question = Question(code=code or f"cau-{next(_numbers)}", bank=module_code)
    session.add(question)
    session.flush()
    make_question_version(
        session,
        question,
        type=type,
        module_code=module_code,
        lesson_code=lesson_code,
        level=level,
        body=body or _body(type, correct=correct, options=options, answer=answer, scoring=scoring),
        points=points,
    )
    return question


def _body(type_: str, *, correct: str, options: int, answer: bool, scoring: str) -> dict[str, Any]:
    if type_ in BODIES:
        return dict(BODIES[type_])
    if type_ == "true_false":
        return {"stem": "Nhận định thử.", "answer": answer, "explanation": "Vì sao đúng."}
    body = _choice_body(correct, options)
    return {**body, "scoring": scoring} if type_ == "multiple_choice" else body


def make_question_version(
    session: Session,
    question: Question,
    *,
    body: dict[str, Any],
    type: str = "single_choice",
    module_code: str = "m1",
    lesson_code: str | None = None,
    level: Level = Level.RECALL,
    points: Decimal = Decimal(1),
) -> QuestionVersion:
    """Publish one more version of ``question`` with ``body``."""
    number = 1 + (
        session.scalar(
            select(func.count())
            .select_from(QuestionVersion)
            .where(QuestionVersion.question_id == question.id)
        )
        or 0
    )
    version = QuestionVersion(
        question_id=question.id,
        number=number,
        type=type,
        level=level,
        module_code=module_code,
        lesson_code=lesson_code,
        area=None,
        skills=["S1"],
        facts=[],
        citations=[],
        points=points,
        body=body,
        rendered=_rendered(body),
        published_at=utc_now(),
    )
    session.add(version)
    session.flush()
    question.published_version_id = version.id
    session.commit()
    return version


def make_paper(
    session: Session,
    code: str | None = None,
    *,
    sections: list[dict[str, Any]] | None = None,
    kind: PaperKind = PaperKind.MODULE_TEST,
    time_limit_minutes: int | None = 20,
    attempts: int | None = 3,
    cooldown_hours: int = 0,
    pass_percent: Decimal = Decimal(50),
    shuffle: bool = True,
    feedback: FeedbackRule = FeedbackRule.AFTER_SUBMIT,
) -> Paper:
    """Add a published paper; by default it draws two RECALL questions of module m1."""
    paper = Paper(code=code or f"de-{next(_numbers)}")
    session.add(paper)
    session.flush()
    version = PaperVersion(
        paper_id=paper.id,
        number=1,
        title=f"Đề {paper.code}",
        kind=kind,
        time_limit_minutes=time_limit_minutes,
        attempts=attempts,
        cooldown_hours=cooldown_hours,
        pass_percent=pass_percent,
        shuffle=shuffle,
        feedback=feedback,
        sections=sections
        or [
            {
                "title": "Phần chung",
                "draw": [{"module": "m1", "level": "RECALL", "count": 2}],
            }
        ],
        published_at=utc_now(),
    )
    session.add(version)
    session.flush()
    paper.published_version_id = version.id
    session.commit()
    return paper


def keep_pool(*codes: str) -> None:
    """Make the pools of papers, as the first of all who begin does."""
    with transaction() as session:
        for code in codes:
            pool_for(session, get_paper(session, code), now=utc_now())

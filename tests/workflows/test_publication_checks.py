"""What keeps a draft from being published, named by line or by part of the form."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from elearn.authoring.models import DraftKind, DraftState
from elearn.curriculum.models import Lesson, LessonVersion
from elearn.kernel.actor import Actor
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Invalid
from elearn.workflows.author_content import save_draft
from elearn.workflows.review_content import (
    NotFit,
)
from tests.factories.assessment import make_question
from tests.factories.authoring import (
    approve,
    lesson_text,
    make_author,
    make_draft,
    make_reviewer,
    make_submitted,
    question_text,
    send,
    the_draft,
)
from tests.factories.curriculum import (
    make_legal_document,
    make_lesson,
    make_module,
)

LESSON, QUESTION = DraftKind.LESSON, DraftKind.QUESTION


@pytest.fixture
def author(session: Session) -> Actor:
    return make_author(session)


@pytest.fixture
def reviewer(session: Session) -> Actor:
    return make_reviewer(session)


@pytest.fixture
def lesson(session: Session) -> Lesson:
    return make_lesson(session, make_module(session, "m1"), "bai-1", title="Tên cũ")


def _shown(session: Session, lesson: Lesson) -> LessonVersion:
    session.rollback()
    session.refresh(lesson)
    return session.get_one(LessonVersion, lesson.published_version_id)


PROBLEMS = {
    "no title": lesson_text(title=" "),
    "no minutes": lesson_text(minutes=None),
    "no day": lesson_text(in_force_as_of=None),
    "no outcomes": lesson_text(outcomes=()),
    "no body": lesson_text(body="\n \n"),
    "unknown document": lesson_text(citations=("999-QD-2021",)),
    "unknown document in the text": lesson_text(body="Theo [@999-QD-2021:D1].\n"),
    "unknown question": lesson_text(body=":::check khong-co\n"),
    "unknown picture": lesson_text(body="![Hình](media/khong-co.png)\n"),
    "picture from elsewhere": lesson_text(body="![Hình](https://example.org/x.png)\n"),
    "open callout": lesson_text(body=":::note\nChưa đóng\n"),
    "wrong code": lesson_text(facts=("F 1",)),
}


@pytest.mark.parametrize("text", PROBLEMS.values(), ids=PROBLEMS.keys())
def test_a_lesson_with_problems_is_not_sent(
    session: Session, lesson: Lesson, author: Actor, text: object
) -> None:
    opened = make_draft(author, "bai-1", text)
    with pytest.raises(NotFit) as caught:
        send(author, opened)
    assert caught.value.problems
    assert the_draft(session, LESSON, "bai-1").state is DraftState.EDITING


def test_problems_name_the_line(session: Session, lesson: Lesson, author: Actor) -> None:
    body = "Một\n\nHai [@999-QD:D1]\n\n:::note\nBa\n"
    opened = make_draft(author, "bai-1", lesson_text(body=body))
    with pytest.raises(NotFit) as caught:
        send(author, opened)
    assert [(problem.line, problem.message) for problem in caught.value.problems] == [
        (3, "chưa có văn bản “999-QD” trong danh mục"),
        (5, "khối “:::note” chưa được đóng bằng dòng “:::”"),
    ]


def test_what_breaks_after_submission_stops_publication(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    question = make_question(session, "cau-1", module_code="m1")
    opened = make_submitted(author, "bai-1", lesson_text(body=":::check cau-1\n"))
    question.retired_at = utc_now()
    session.commit()
    with pytest.raises(NotFit):
        approve(reviewer, opened)
    assert _shown(session, lesson).number == 1
    assert the_draft(session, LESSON, "bai-1").state is DraftState.IN_REVIEW


def test_citations_and_checks_are_published(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    make_legal_document(session, "227-QD-UBND-2021")
    make_question(session, "cau-1", module_code="m1")
    body = "Theo [@227-QD-UBND-2021:D1].\n\n:::check cau-1\n"
    text = lesson_text(citations=("227-QD-UBND-2021",), body=body)
    approve(reviewer, make_submitted(author, "bai-1", text))
    version = _shown(session, lesson)
    assert version.check_codes == ["cau-1"]
    assert 'data-citation="227-QD-UBND-2021:D1"' in version.html


def test_script_in_the_text_is_published_harmless(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    body = (
        "<script>alert(1)</script><img src=x onerror=alert(2)>\n\n[a](javascript:alert(3))\n\nCòn\n"
    )
    approve(reviewer, make_submitted(author, "bai-1", lesson_text(body=body)))
    html = _shown(session, lesson).html
    for harm in ("<script", "onerror", "javascript:", "alert(1)"):
        assert harm not in html
    assert "Còn" in html


def test_an_unchanged_draft_is_not_sent(session: Session, lesson: Lesson, author: Actor) -> None:
    opened = make_draft(author, "bai-1", lesson_text(title="Đổi"))
    same = lesson_text(title="Tên cũ", minutes=15, facts=(), body="## Mở đầu\n\nNội dung bài thử.")
    saved = save_draft(author, "bai-1", same, opened, now=utc_now())
    with pytest.raises(Invalid) as caught:
        send(author, replace(opened, lock_version=saved.lock_version))
    assert caught.value.code == "draft.unchanged"


def test_a_retired_lesson_is_not_published(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_submitted(author, "bai-1", lesson_text())
    lesson.retired_at = utc_now()
    session.commit()
    with pytest.raises(Conflict) as caught:
        approve(reviewer, opened)
    assert caught.value.code == "thing.retired"


QUESTION_PROBLEMS = {
    "no stem": {"stem": " "},
    "one option": {"options": [{"text": "Một", "correct": True}]},
    "two right": {"options": [{"text": "Một", "correct": True}, {"text": "Hai", "correct": True}]},
    "none right": {
        "options": [{"text": "Một", "correct": False}, {"text": "Hai", "correct": False}]
    },
    "empty option": {"options": [{"text": "", "correct": True}, {"text": "Hai", "correct": False}]},
    "no explanation": {"explanation": ""},
    "unknown document": {"stem": "Theo [@999-QD:D1]?"},
}


@pytest.mark.parametrize("change", QUESTION_PROBLEMS.values(), ids=QUESTION_PROBLEMS.keys())
def test_a_question_with_problems_is_not_sent(
    session: Session, lesson: Lesson, author: Actor, change: dict[str, object]
) -> None:
    make_question(session, "cau-1", module_code="m1", lesson_code="bai-1")
    text = question_text("bai-1")
    opened = make_draft(author, "cau-1", replace(text, body={**dict(text.body or {}), **change}))
    with pytest.raises(NotFit):
        send(author, opened)


def test_a_question_needs_a_lesson_that_is_published(
    session: Session, lesson: Lesson, author: Actor
) -> None:
    make_question(session, "cau-1", module_code="m1", lesson_code="bai-1")
    opened = make_draft(author, "cau-1", question_text("bai-9"))
    with pytest.raises(NotFit) as caught:
        send(author, opened)
    assert [problem.message for problem in caught.value.problems] == [
        "Bài học: chưa có bài “bai-9” được xuất bản"
    ]

"""From draft to published version: who may, when not, and what learners then see."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment import attempt_queries
from elearn.assessment.models import AttemptItem, Question, QuestionVersion
from elearn.authoring.drafts.queries import get_draft
from elearn.authoring.files.models import EntryKind, FileState
from elearn.authoring.models import DraftKind, DraftState
from elearn.curriculum.models import Lesson, LessonVersion
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, NotFound
from elearn.workflows import take_quiz
from elearn.workflows.author_content import Opened, open_new, save_draft
from elearn.workflows.review_content import (
    NotFit,
    send_back,
    withdraw,
)
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import make_device, make_learner
from tests.factories.authoring import (
    approve,
    lesson_text,
    make_author,
    make_draft,
    make_reviewer,
    make_staff,
    make_submitted,
    question_text,
    send,
    the_draft,
)
from tests.factories.curriculum import (
    make_lesson,
    make_lesson_version,
    make_module,
)
from tests.support.threads import at_once

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


def test_publishing_makes_a_new_version_and_keeps_the_old(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    old = lesson.published_version_id
    opened = make_submitted(author, "bai-1", lesson_text(title="Tên mới"))
    assert approve(reviewer, opened) == 2
    version = _shown(session, lesson)
    assert (version.number, version.title, version.minutes) == (2, "Tên mới", 20)
    assert (version.change_note, version.published_by) == ("Sửa theo góp ý", reviewer.user_id)
    assert version.html == '<h2 id="s-mo-dau">Mở đầu</h2>\n<p>Nội dung bài thử đã sửa.</p>'
    assert session.get_one(LessonVersion, old).title == "Tên cũ"
    draft = the_draft(session, LESSON, "bai-1")
    assert (draft.state, draft.published_number) == (DraftState.PUBLISHED, 2)


def test_every_privileged_act_leaves_its_audit_row(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_submitted(author, "bai-1", lesson_text())
    assert opened.draft_id is not None
    send_back(reviewer, opened.draft_id, comment="Thiếu nguồn", now=utc_now())
    send(author, opened)
    withdraw(author, opened.draft_id, now=utc_now())
    send(author, opened)
    approve(reviewer, opened)
    rows = session.execute(
        select(AuditEntry.act, AuditEntry.actor_user_id, AuditEntry.reason).order_by(AuditEntry.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("draft.submit", author.user_id, None),
        ("draft.return", reviewer.user_id, "Thiếu nguồn"),
        ("draft.submit", author.user_id, None),
        ("draft.withdraw", author.user_id, None),
        ("draft.submit", author.user_id, None),
        ("draft.publish", reviewer.user_id, "Vì sao sửa"),
    ]


def test_nobody_publishes_or_returns_what_he_wrote_edited_or_sent(
    session: Session, lesson: Lesson
) -> None:
    both = [make_staff(session, Role.AUTHOR, Role.REVIEWER)[1] for _ in range(3)]
    opened = make_draft(both[0], "bai-1", lesson_text(title="Một"))
    saved = save_draft(both[1], "bai-1", lesson_text(title="Hai"), opened, now=utc_now())
    opened = replace(opened, lock_version=saved.lock_version)
    send(both[2], opened)
    assert opened.draft_id is not None
    for actor in both:
        with pytest.raises(Forbidden) as caught:
            approve(actor, opened)
        assert caught.value.code == "draft.own_work"
        with pytest.raises(Forbidden):
            send_back(actor, opened.draft_id, comment="Không được", now=utc_now())
    assert _shown(session, lesson).number == 1
    other = make_staff(session, Role.AUTHOR, Role.REVIEWER)[1]
    assert approve(other, opened) == 2


@pytest.mark.parametrize("roles", [(Role.AUTHOR,), (Role.ADMIN, Role.HR), ()])
def test_only_reviewers_publish_or_return(
    session: Session, lesson: Lesson, author: Actor, roles: tuple[Role, ...]
) -> None:
    opened = make_submitted(author, "bai-1", lesson_text())
    stranger = make_staff(session, *roles)[1]
    assert opened.draft_id is not None
    with pytest.raises(Forbidden):
        approve(stranger, opened)
    with pytest.raises(Forbidden):
        send_back(stranger, opened.draft_id, comment="Không được", now=utc_now())
    assert the_draft(session, LESSON, "bai-1").state is DraftState.IN_REVIEW


def test_only_authors_submit_and_withdraw(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_draft(author, "bai-1", lesson_text())
    with pytest.raises(Forbidden):
        send(reviewer, opened)
    send(author, opened)
    assert opened.draft_id is not None
    with pytest.raises(Forbidden):
        withdraw(reviewer, opened.draft_id, now=utc_now())


def test_a_draft_that_was_not_sent_is_not_published(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_draft(author, "bai-1", lesson_text())
    with pytest.raises(Conflict):
        approve(reviewer, opened)
    assert _shown(session, lesson).number == 1


def test_publishing_twice_publishes_once(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_submitted(author, "bai-1", lesson_text())
    approve(reviewer, opened)
    with pytest.raises(Conflict) as caught:
        approve(make_reviewer(session), opened)
    assert caught.value.code == "draft.published"
    assert _shown(session, lesson).number == 2


def test_two_reviewers_at_once_publish_one_version(
    app: Flask, session: Session, lesson: Lesson, author: Actor
) -> None:
    reviewers = [make_reviewer(session), make_reviewer(session)]
    opened = make_submitted(author, "bai-1", lesson_text())

    def act(reviewer: Actor) -> Callable[[], int]:
        return lambda: approve(reviewer, opened)

    outcomes = at_once(app, [act(reviewer) for reviewer in reviewers])
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [2]
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Conflict)] == [
        "draft.published"
    ]


def test_what_is_published_is_what_the_reviewer_saw(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    seen = make_submitted(author, "bai-1", lesson_text(title="Đã xem"))
    assert seen.draft_id is not None
    withdraw(author, seen.draft_id, now=utc_now())
    saved = save_draft(author, "bai-1", lesson_text(title="Đổi sau lưng"), seen, now=utc_now())
    send(author, replace(seen, lock_version=saved.lock_version))
    with pytest.raises(Conflict) as caught:
        approve(reviewer, seen)
    assert caught.value.code == "draft.changed_since"
    assert _shown(session, lesson).number == 1


def test_a_draft_of_an_older_version_is_published_only_knowingly(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_submitted(author, "bai-1", lesson_text(title="Từ bản một"))
    make_lesson_version(session, lesson, title="Bản hai của người khác")
    assert opened.draft_id is not None
    assert get_draft(session, opened.draft_id).is_outdated
    with pytest.raises(Conflict) as caught:
        approve(reviewer, opened)
    assert caught.value.code == "draft.outdated"
    assert _shown(session, lesson).title == "Bản hai của người khác"
    assert approve(reviewer, opened, accept_outdated=True) == 3


def test_a_returned_draft_tells_why_and_can_be_sent_again(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_submitted(author, "bai-1", lesson_text())
    assert opened.draft_id is not None
    send_back(reviewer, opened.draft_id, comment="Thiếu nguồn", now=utc_now())
    draft = get_draft(session, opened.draft_id)
    assert (draft.state, draft.returned_comment) == (DraftState.RETURNED, "Thiếu nguồn")
    saved = save_draft(author, "bai-1", lesson_text(title="Có nguồn"), opened, now=utc_now())
    opened = replace(opened, lock_version=saved.lock_version)
    send(author, opened)
    assert opened.draft_id is not None
    assert get_draft(session, opened.draft_id).returned_comment is None
    assert approve(reviewer, opened) == 2


def test_a_draft_that_never_was_is_not_found(author: Actor, reviewer: Actor) -> None:
    for opened in (Opened(0, 1, None), Opened(2_000_000_000, 1, None)):
        with pytest.raises(NotFound):
            approve(reviewer, opened)
        with pytest.raises(NotFound):
            send(author, opened)


def test_a_new_lesson_stands_last_in_its_module(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    draft_id = open_new(author, "m1", "bai-moi", lesson_text(title="Bài mới"), now=utc_now())
    opened = Opened(draft_id, 1, None)
    send(author, opened)
    assert approve(reviewer, opened) == 1
    new = session.scalars(select(Lesson).where(Lesson.code == "bai-moi")).one()
    assert (new.module_id, new.position) == (lesson.module_id, lesson.position + 1)
    assert new.file_name == "02-bai-moi.md"


def _question_id(session: Session, code: str) -> int:
    return session.scalars(select(Question.id).where(Question.code == code)).one()


def test_an_edited_question_is_a_new_version_and_running_attempts_keep_theirs(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    make_question(session, "cau-1", module_code="m1", lesson_code="bai-1")
    make_paper(session, "de", sections=[{"title": "Chung", "questions": ["cau-1"]}])
    learner = make_learner(session)
    device = make_device(session, learner)
    attempt_id = take_quiz.start(device, "de")
    head = attempt_queries.get_attempt(session, attempt_id, person_id=learner.person_id)
    before = attempt_queries.get_sheet(session, head)
    pinned = session.scalars(select(AttemptItem.question_version_id)).all()

    opened = make_submitted(author, "cau-1", question_text("bai-1"))
    assert approve(reviewer, opened) == 2

    session.rollback()
    session.expire_all()
    version = session.scalars(select(QuestionVersion).where(QuestionVersion.number == 2)).one()
    assert version.rendered["stem"] == "<p>Câu hỏi thử đã sửa?</p>"
    assert version.body["options"][1]["feedback"] == "Chưa đúng."
    question = session.get_one(Question, _question_id(session, "cau-1"))
    assert question.published_version_id == version.id
    assert session.scalars(select(AttemptItem.question_version_id)).all() == pinned
    assert attempt_queries.get_sheet(session, head) == before
    other = make_device(session, make_learner(session))
    take_quiz.start(other, "de")
    assert set(session.scalars(select(AttemptItem.question_version_id))) == {*pinned, version.id}


def test_a_question_of_another_module_stays_there_and_in_its_bank(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    make_lesson(session, make_module(session, "m2"), "bai-2")
    question = make_question(session, "cau-1", module_code="m2", lesson_code="bai-2")
    question.bank = "m1"
    session.commit()
    approve(reviewer, make_submitted(author, "cau-1", question_text("bai-2")))
    version = session.scalars(select(QuestionVersion).where(QuestionVersion.number == 2)).one()
    assert version.module_code == "m2"
    session.refresh(question)
    assert (question.bank, question.published_version_id) == ("m1", version.id)


def test_a_question_belongs_to_a_lesson_of_its_module(
    session: Session, lesson: Lesson, author: Actor
) -> None:
    make_lesson(session, make_module(session, "m2"), "bai-2")
    make_question(session, "cau-1", module_code="m1", lesson_code="bai-1")
    opened = make_draft(author, "cau-1", question_text("bai-2"))
    with pytest.raises(NotFit) as caught:
        send(author, opened)
    assert [problem.message for problem in caught.value.problems] == [
        "Bài học: bài “bai-2” không thuộc chuyên đề “m1”"
    ]


def test_a_question_that_a_paper_needs_keeps_its_level(
    session: Session, lesson: Lesson, author: Actor
) -> None:
    make_question(session, "cau-1", module_code="m1", lesson_code="bai-1")
    make_question(session, "cau-2", module_code="m1", lesson_code="bai-1")
    draw = [{"module": "m1", "level": "RECALL", "count": 2}]
    make_paper(session, "de", sections=[{"title": "Chung", "draw": draw}])
    opened = make_draft(author, "cau-1", question_text("bai-1", level="APPLY"))
    with pytest.raises(NotFit) as caught:
        send(author, opened)
    assert [problem.message for problem in caught.value.problems] == [
        "Đề “de”: ngân hàng chỉ có 1 câu cho ô này, cần 2, thiếu 1 (module m1, level RECALL)"
    ]
    make_question(session, "cau-3", module_code="m1", lesson_code="bai-1")
    send(author, opened)


def test_facts_are_checked_once_the_files_have_told_them(
    session: Session, lesson: Lesson, author: Actor
) -> None:
    state = FileState(
        kind=EntryKind.FACT, code="F777", path="content/facts.yaml", position=1, digest="x"
    )
    session.add(state)
    session.commit()
    opened = make_draft(author, "bai-1", lesson_text(facts=("F777", "F778")))
    with pytest.raises(NotFit) as caught:
        send(author, opened)
    assert [problem.message for problem in caught.value.problems] == [
        "Mã dữ kiện: không có dữ kiện “F778”"
    ]


def test_a_new_question_joins_its_bank(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    text = question_text("bai-1", type="true_false", points="0.5")
    body = {"stem": "Nhận định.", "answer": False, "explanation": "Vì sao."}
    draft_id = open_new(author, "m1", "cau-moi", replace(text, body=body), now=utc_now())
    opened = Opened(draft_id, 1, None)
    send(author, opened)
    assert approve(reviewer, opened) == 1
    question = session.scalars(select(Question).where(Question.code == "cau-moi")).one()
    version = session.get_one(QuestionVersion, question.published_version_id)
    assert (question.bank, version.module_code, version.type) == ("m1", "m1", "true_false")
    assert version.body == body
    assert str(version.points) == "0.50"

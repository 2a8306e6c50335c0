"""From draft to published version: who may, when not, and what learners then see."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment import attempt_queries
from elearn.assessment.models import AttemptItem, Question, QuestionVersion
from elearn.authoring.drafts.queries import find_open_draft, get_draft
from elearn.authoring.files.models import EntryKind, FileState
from elearn.authoring.models import DraftKind, DraftOrigin, DraftState
from elearn.curriculum.models import Lesson, LessonVersion
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import SYSTEM, Actor, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.workflows import sync_content, take_quiz
from elearn.workflows.author_content import Opened, open_new, save_draft
from elearn.workflows.author_pictures import add_picture
from elearn.workflows.review_content import (
    NotFit,
    publish,
    send_back,
    submit_for_review,
    withdraw,
)
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import make_device, make_learner
from tests.factories.authoring import (
    lesson_text,
    make_author,
    make_draft,
    make_reviewer,
    make_staff,
    make_submitted,
    question_text,
    the_draft,
)
from tests.factories.curriculum import (
    make_legal_document,
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


def _publish(reviewer: Actor, opened: Opened, *, accept_outdated: bool = False) -> int:
    assert opened.draft_id is not None
    return publish(
        reviewer,
        opened.draft_id,
        lock_version=opened.lock_version,
        accept_outdated=accept_outdated,
        now=utc_now(),
    )


def _submit(author: Actor, opened: Opened, note: str = "Vì sao sửa") -> None:
    assert opened.draft_id is not None
    submit_for_review(
        author,
        opened.draft_id,
        lock_version=opened.lock_version,
        change_note=note,
        now=utc_now(),
    )


def _shown(session: Session, lesson: Lesson) -> LessonVersion:
    session.rollback()
    session.refresh(lesson)
    return session.get_one(LessonVersion, lesson.published_version_id)


def test_publishing_makes_a_new_version_and_keeps_the_old(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    old = lesson.published_version_id
    opened = make_submitted(author, "bai-1", lesson_text(title="Tên mới"))
    assert _publish(reviewer, opened) == 2
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
    _submit(author, opened)
    withdraw(author, opened.draft_id, now=utc_now())
    _submit(author, opened)
    _publish(reviewer, opened)
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
    _submit(both[2], opened)
    assert opened.draft_id is not None
    for actor in both:
        with pytest.raises(Forbidden) as caught:
            _publish(actor, opened)
        assert caught.value.code == "draft.own_work"
        with pytest.raises(Forbidden):
            send_back(actor, opened.draft_id, comment="Không được", now=utc_now())
    assert _shown(session, lesson).number == 1
    other = make_staff(session, Role.AUTHOR, Role.REVIEWER)[1]
    assert _publish(other, opened) == 2


@pytest.mark.parametrize("roles", [(Role.AUTHOR,), (Role.ADMIN, Role.HR), ()])
def test_only_reviewers_publish_or_return(
    session: Session, lesson: Lesson, author: Actor, roles: tuple[Role, ...]
) -> None:
    opened = make_submitted(author, "bai-1", lesson_text())
    stranger = make_staff(session, *roles)[1]
    assert opened.draft_id is not None
    with pytest.raises(Forbidden):
        _publish(stranger, opened)
    with pytest.raises(Forbidden):
        send_back(stranger, opened.draft_id, comment="Không được", now=utc_now())
    assert the_draft(session, LESSON, "bai-1").state is DraftState.IN_REVIEW


def test_only_authors_submit_and_withdraw(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_draft(author, "bai-1", lesson_text())
    with pytest.raises(Forbidden):
        _submit(reviewer, opened)
    _submit(author, opened)
    assert opened.draft_id is not None
    with pytest.raises(Forbidden):
        withdraw(reviewer, opened.draft_id, now=utc_now())


def test_a_draft_that_was_not_sent_is_not_published(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_draft(author, "bai-1", lesson_text())
    with pytest.raises(Conflict):
        _publish(reviewer, opened)
    assert _shown(session, lesson).number == 1


def test_publishing_twice_publishes_once(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_submitted(author, "bai-1", lesson_text())
    _publish(reviewer, opened)
    with pytest.raises(Conflict) as caught:
        _publish(make_reviewer(session), opened)
    assert caught.value.code == "draft.published"
    assert _shown(session, lesson).number == 2


def test_two_reviewers_at_once_publish_one_version(
    app: Flask, session: Session, lesson: Lesson, author: Actor
) -> None:
    reviewers = [make_reviewer(session), make_reviewer(session)]
    opened = make_submitted(author, "bai-1", lesson_text())

    def act(reviewer: Actor) -> Callable[[], int]:
        return lambda: _publish(reviewer, opened)

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
    _submit(author, replace(seen, lock_version=saved.lock_version))
    with pytest.raises(Conflict) as caught:
        _publish(reviewer, seen)
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
        _publish(reviewer, opened)
    assert caught.value.code == "draft.outdated"
    assert _shown(session, lesson).title == "Bản hai của người khác"
    assert _publish(reviewer, opened, accept_outdated=True) == 3


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
    _submit(author, opened)
    assert opened.draft_id is not None
    assert get_draft(session, opened.draft_id).returned_comment is None
    assert _publish(reviewer, opened) == 2


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
        _submit(author, opened)
    assert caught.value.problems
    assert the_draft(session, LESSON, "bai-1").state is DraftState.EDITING


def test_problems_name_the_line(session: Session, lesson: Lesson, author: Actor) -> None:
    body = "Một\n\nHai [@999-QD:D1]\n\n:::note\nBa\n"
    opened = make_draft(author, "bai-1", lesson_text(body=body))
    with pytest.raises(NotFit) as caught:
        _submit(author, opened)
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
        _publish(reviewer, opened)
    assert _shown(session, lesson).number == 1
    assert the_draft(session, LESSON, "bai-1").state is DraftState.IN_REVIEW


def test_citations_and_checks_are_published(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    make_legal_document(session, "227-QD-UBND-2021")
    make_question(session, "cau-1", module_code="m1")
    body = "Theo [@227-QD-UBND-2021:D1].\n\n:::check cau-1\n"
    text = lesson_text(citations=("227-QD-UBND-2021",), body=body)
    _publish(reviewer, make_submitted(author, "bai-1", text))
    version = _shown(session, lesson)
    assert version.check_codes == ["cau-1"]
    assert 'data-citation="227-QD-UBND-2021:D1"' in version.html


def test_script_in_the_text_is_published_harmless(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    body = (
        "<script>alert(1)</script><img src=x onerror=alert(2)>\n\n[a](javascript:alert(3))\n\nCòn\n"
    )
    _publish(reviewer, make_submitted(author, "bai-1", lesson_text(body=body)))
    html = _shown(session, lesson).html
    for harm in ("<script", "onerror", "javascript:", "alert(1)"):
        assert harm not in html
    assert "Còn" in html


def test_an_unchanged_draft_is_not_sent(session: Session, lesson: Lesson, author: Actor) -> None:
    opened = make_draft(author, "bai-1", lesson_text(title="Đổi"))
    same = lesson_text(title="Tên cũ", minutes=15, facts=(), body="## Mở đầu\n\nNội dung bài thử.")
    saved = save_draft(author, "bai-1", same, opened, now=utc_now())
    with pytest.raises(Invalid) as caught:
        _submit(author, replace(opened, lock_version=saved.lock_version))
    assert caught.value.code == "draft.unchanged"


def test_a_retired_lesson_is_not_published(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    opened = make_submitted(author, "bai-1", lesson_text())
    lesson.retired_at = utc_now()
    session.commit()
    with pytest.raises(Conflict) as caught:
        _publish(reviewer, opened)
    assert caught.value.code == "thing.retired"


def test_a_draft_that_never_was_is_not_found(author: Actor, reviewer: Actor) -> None:
    for opened in (Opened(0, 1, None), Opened(2_000_000_000, 1, None)):
        with pytest.raises(NotFound):
            _publish(reviewer, opened)
        with pytest.raises(NotFound):
            _submit(author, opened)


def test_a_new_lesson_stands_last_in_its_module(
    session: Session, lesson: Lesson, author: Actor, reviewer: Actor
) -> None:
    draft_id = open_new(author, "m1", "bai-moi", lesson_text(title="Bài mới"), now=utc_now())
    opened = Opened(draft_id, 1, None)
    _submit(author, opened)
    assert _publish(reviewer, opened) == 1
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
    assert _publish(reviewer, opened) == 2

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
    _publish(reviewer, make_submitted(author, "cau-1", question_text("bai-2")))
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
        _submit(author, opened)
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
        _submit(author, opened)
    assert [problem.message for problem in caught.value.problems] == [
        "Đề “de”: ngân hàng chỉ có 1 câu cho ô này, cần 2 (module m1, level RECALL)"
    ]
    make_question(session, "cau-3", module_code="m1", lesson_code="bai-1")
    _submit(author, opened)


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
        _submit(author, opened)
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
    _submit(author, opened)
    assert _publish(reviewer, opened) == 1
    question = session.scalars(select(Question).where(Question.code == "cau-moi")).one()
    version = session.get_one(QuestionVersion, question.published_version_id)
    assert (question.bank, version.module_code, version.type) == ("m1", "m1", "true_false")
    assert version.body == body
    assert str(version.points) == "0.50"


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
        _submit(author, opened)


def test_a_question_needs_a_lesson_that_is_published(
    session: Session, lesson: Lesson, author: Actor
) -> None:
    make_question(session, "cau-1", module_code="m1", lesson_code="bai-1")
    opened = make_draft(author, "cau-1", question_text("bai-9"))
    with pytest.raises(NotFit) as caught:
        _submit(author, opened)
    assert [problem.message for problem in caught.value.problems] == [
        "Bài học: chưa có bài “bai-9” được xuất bản"
    ]


# ---- together with the content files


@pytest.fixture
def files(tmp_path: Path) -> Path:
    shutil.copytree("content", tmp_path / "content")
    shutil.copytree("quizzes", tmp_path / "quizzes")
    sync_content.load(SYSTEM, tmp_path / "content", now=utc_now())
    return tmp_path / "content"


def _published(session: Session, code: str) -> tuple[Lesson, LessonVersion]:
    session.rollback()
    row = session.execute(
        select(Lesson, LessonVersion)
        .join(LessonVersion, LessonVersion.id == Lesson.published_version_id)
        .where(Lesson.code == code)
        .execution_options(populate_existing=True)
    ).one()
    return row[0], row[1]


def _in_the_browser(session: Session, author: Actor, reviewer: Actor, code: str) -> None:
    """Publish a changed title of the lesson in the browser."""
    _lesson, version = _published(session, code)
    text = lesson_text(
        title="Sửa trong trình duyệt",
        minutes=version.minutes,
        in_force_as_of=version.in_force_as_of,
        body=version.body,
    )
    _publish(reviewer, make_submitted(author, code, text))


def test_real_lessons_and_questions_pass_the_browsers_checks(
    session: Session, files: Path, author: Actor, reviewer: Actor
) -> None:
    codes = session.scalars(select(Lesson.code)).all()
    assert len(codes) >= 3
    for code in codes:
        _in_the_browser(session, author, reviewer, code)
        assert _published(session, code)[1].title == "Sửa trong trình duyệt"


def test_files_that_did_not_change_leave_the_browsers_text_alone(
    session: Session, files: Path, author: Actor, reviewer: Actor
) -> None:
    _in_the_browser(session, author, reviewer, "l0-1-de-an-son-la")
    report = sync_content.load(SYSTEM, files, now=utc_now())
    assert not report.changed_anything
    assert _published(session, "l0-1-de-an-son-la")[1].title == "Sửa trong trình duyệt"


def test_a_changed_file_becomes_a_draft_that_is_reviewed_like_others(
    session: Session, files: Path, author: Actor, reviewer: Actor
) -> None:
    code = "l0-1-de-an-son-la"
    _in_the_browser(session, author, reviewer, code)
    path = files / "modules/00-dinh-huong/01-de-an-son-la.md"
    path.write_text(path.read_text("utf-8").replace("minutes: 25", "minutes: 26"), "utf-8")
    report = sync_content.load(SYSTEM, files, now=utc_now())
    (held,) = report.held
    assert held.code == code
    assert _published(session, code)[1].title == "Sửa trong trình duyệt"
    draft_id = find_open_draft(session, LESSON, code, DraftOrigin.FILE)
    assert draft_id == held.draft_id
    assert draft_id is not None
    draft = get_draft(session, draft_id)
    assert (draft.base_number, draft.involved) == (2, frozenset())
    opened = Opened(draft_id, draft.lock_version, draft.base_number)
    _submit(author, opened, "Lấy chữ từ tệp")
    assert _publish(reviewer, opened) == 3
    assert _published(session, code)[1].minutes == 26
    assert not sync_content.load(SYSTEM, files, now=utc_now()).changed_anything


def test_the_browsers_text_is_exported_and_loading_it_again_changes_nothing(
    session: Session, files: Path, tmp_path: Path, author: Actor, reviewer: Actor
) -> None:
    out = BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, format="PNG")
    name = add_picture(author, "m0-dinh-huong", "Sơ đồ.png", out.getvalue(), now=utc_now())
    _in_the_browser(session, author, reviewer, "l0-1-de-an-son-la")
    body = f"Theo [@227-QD-UBND-2021:D1]:\n\n![Sơ đồ](media/{name})\n\n:::check m0-c99\n"
    question = question_text("l0-1-de-an-son-la")
    for code, content in (("m0-c99", question), ("l0-9-bai-moi", lesson_text(body=body))):
        draft_id = open_new(author, "m0-dinh-huong", code, content, now=utc_now())
        _submit(author, Opened(draft_id, 1, None))
        _publish(reviewer, Opened(draft_id, 1, None))

    sync_content.export(tmp_path / "out")
    exported = tmp_path / "out/content"
    first = (exported / "modules/00-dinh-huong/01-de-an-son-la.md").read_text("utf-8")
    assert "title: Sửa trong trình duyệt" in first
    new = (exported / "modules/00-dinh-huong/04-l0-9-bai-moi.md").read_text("utf-8")
    assert new.endswith(body)
    assert (exported / "modules/00-dinh-huong/media/so-do.png").is_file()
    assert "id: m0-c99" in (tmp_path / "out/quizzes/bank/m0-dinh-huong.yaml").read_text("utf-8")
    report = sync_content.load(SYSTEM, exported, now=utc_now())
    assert [str(problem) for problem in report.problems] == []
    assert not report.changed_anything

"""Opening, checking and finishing lessons, and the completion that follows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.models import Question
from elearn.curriculum.models import Lesson, LessonVersion, Module
from elearn.kernel.actor import Actor
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.progress.models import CheckAnswer, LessonMark, ModuleCompletion, ProgrammeCompletion
from elearn.workflows import complete_course
from elearn.workflows.study_lesson import (
    CheckForm,
    accept_changes,
    answer_check,
    finish_lesson,
    open_lesson,
)
from tests.factories.assessment import make_question, make_question_version
from tests.factories.curriculum import (
    make_lesson,
    make_lesson_version,
    make_module,
    make_programme,
)
from tests.factories.org import (
    actor_of,
    make_assignment,
    make_duty,
    make_person,
    make_unit,
    make_user,
)
from tests.factories.progress import make_mark
from tests.support.statements import recorded
from tests.support.threads import at_once

NOW = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


@pytest.fixture
def actor(session: Session) -> Actor:
    """Return somebody in group G1 of every programme that the factory makes."""
    person, unit = make_person(session), make_unit(session)
    make_assignment(session, person, unit)
    make_duty(session, person, unit)
    return actor_of(make_user(session, person=person))


@pytest.fixture
def module(session: Session) -> Module:
    return make_module(session, "m1")


@pytest.fixture
def lesson(session: Session, module: Module) -> Lesson:
    make_question(session, "cau-1", correct="a")
    make_question(session, "cau-2", type="multiple_choice", correct="ac", scoring="partial")
    return make_lesson(session, module, "l1", check_codes=("cau-1", "cau-2"))


def the_mark(session: Session) -> LessonMark:
    session.expire_all()
    return session.scalars(select(LessonMark)).one()


def answers(session: Session) -> list[CheckAnswer]:
    session.expire_all()
    return list(session.scalars(select(CheckAnswer)))


def reply(session: Session, actor: Actor, code: str, *values: str, now: datetime = NOW) -> bool:
    shown = open_lesson(actor, "m1", "l1", now=now)
    version = next(check.version_id for check in shown.checks if check.code == code)
    return answer_check(actor, "m1", "l1", code, CheckForm(version, {"": values}), now=now)


def test_the_first_opening_is_remembered(session: Session, actor: Actor, lesson: Lesson) -> None:
    open_lesson(actor, "m1", "l1", now=NOW)

    mark = the_mark(session)
    assert (mark.person_id, mark.lesson_id) == (actor.person_id, lesson.id)
    assert (mark.opened_version_id, mark.opened_at) == (lesson.published_version_id, NOW)
    assert (mark.finished_version_id, mark.finished_at) == (None, None)


def test_later_openings_write_nothing(session: Session, actor: Actor, lesson: Lesson) -> None:
    open_lesson(actor, "m1", "l1", now=NOW)

    with recorded() as statements:
        page = open_lesson(actor, "m1", "l1", now=LATER)

    assert page.opened_at == NOW
    assert [statement.split()[0] for statement in statements] == ["SELECT", "SELECT"]
    assert the_mark(session).opened_at == NOW


def test_two_tabs_may_open_a_lesson_at_once(
    app: Flask, session: Session, actor: Actor, lesson: Lesson
) -> None:
    results = at_once(app, [lambda: open_lesson(actor, "m1", "l1", now=NOW).code] * 6)

    assert results == ["l1"] * 6
    assert the_mark(session).opened_at == NOW


@pytest.mark.parametrize(
    ("module_code", "lesson_code"), [("m1", "khong-co"), ("khong-co", "l1"), ("m2", "l1")]
)
def test_a_lesson_that_is_not_there_is_not_found(
    session: Session, actor: Actor, lesson: Lesson, module_code: str, lesson_code: str
) -> None:
    make_lesson(session, make_module(session, "m2"), "l2")

    with pytest.raises(NotFound, match="learn.lesson"):
        open_lesson(actor, module_code, lesson_code, now=NOW)


def retire_module(module: Module, _lesson: Lesson) -> None:
    module.retired_at = NOW


def retire_lesson(_module: Module, lesson: Lesson) -> None:
    lesson.retired_at = NOW


def unpublish(_module: Module, lesson: Lesson) -> None:
    lesson.published_version_id = None


@pytest.mark.parametrize("hide", [retire_module, retire_lesson, unpublish])
def test_what_is_not_taught_is_not_found(
    session: Session, actor: Actor, module: Module, lesson: Lesson, hide
) -> None:
    hide(module, lesson)
    session.commit()

    with pytest.raises(NotFound, match="learn.lesson"):
        open_lesson(actor, "m1", "l1", now=NOW)


def test_an_account_without_a_person_cannot_study(session: Session, lesson: Lesson) -> None:
    nobody = actor_of(make_user(session))

    with pytest.raises(Forbidden, match="access.no_person"):
        open_lesson(nobody, "m1", "l1", now=NOW)
    with pytest.raises(Forbidden, match="access.no_person"):
        answer_check(nobody, "m1", "l1", "cau-1", CheckForm(1, {"": ("a",)}), now=NOW)
    with pytest.raises(Forbidden, match="access.no_person"):
        finish_lesson(nobody, "m1", "l1", version=1, now=NOW)
    with pytest.raises(Forbidden, match="access.no_person"):
        accept_changes(nobody, "m1", "l1", version=1, now=LATER)


def test_a_right_answer_is_kept_and_explained(
    session: Session, actor: Actor, lesson: Lesson
) -> None:
    assert reply(session, actor, "cau-1", "a") is True

    [answer] = answers(session)
    assert (answer.person_id, answer.lesson_id) == (actor.person_id, lesson.id)
    assert (answer.value, answer.is_correct, answer.answered_at) == ("a", True, NOW)
    check = open_lesson(actor, "m1", "l1", now=NOW).checks[0]
    assert check.explained is not None
    assert check.explained.share == 1
    assert check.explained.explanation_html == "<p>Vì sao đúng.</p>"
    assert [choice.feedback_html for choice in check.explained.choices if choice.is_chosen] == [
        "<p>Nhận xét a</p>"
    ]


def test_an_unanswered_check_tells_no_key(session: Session, actor: Actor, lesson: Lesson) -> None:
    page = open_lesson(actor, "m1", "l1", now=NOW)

    assert [check.explained for check in page.checks] == [None, None]
    assert [check.code for check in page.unanswered] == ["cau-1", "cau-2"]


def test_the_last_answer_counts(session: Session, actor: Actor, lesson: Lesson) -> None:
    reply(session, actor, "cau-1", "a")
    assert reply(session, actor, "cau-1", "b", now=LATER) is False

    [answer] = answers(session)
    assert (answer.value, answer.is_correct, answer.answered_at) == ("b", False, LATER)


def test_a_partly_right_answer_is_not_right(session: Session, actor: Actor, lesson: Lesson) -> None:
    assert reply(session, actor, "cau-2", "c") is False

    [answer] = answers(session)
    assert (answer.value, answer.is_correct) == (["c"], False)


@pytest.mark.parametrize("code", ["cau-1", "cau-2"])
def test_no_answer_is_refused(session: Session, actor: Actor, lesson: Lesson, code: str) -> None:
    with pytest.raises(Invalid, match="learn.no_answer"):
        reply(session, actor, code)
    assert answers(session) == []


def test_where_nothing_is_right_nothing_may_be_ticked(
    session: Session, actor: Actor, module: Module
) -> None:
    make_question(session, "khong", type="multiple_choice", correct="")
    make_lesson(session, module, "l1", check_codes=("khong",))

    assert reply(session, actor, "khong") is True


def test_an_option_that_is_not_there_is_refused(
    session: Session, actor: Actor, lesson: Lesson
) -> None:
    with pytest.raises(Invalid, match="assessment.value"):
        reply(session, actor, "cau-1", "z")
    assert answers(session) == []


def test_a_question_of_another_lesson_is_not_found(
    session: Session, actor: Actor, lesson: Lesson
) -> None:
    other = make_question(session, "cau-khac")
    form = CheckForm(other.published_version_id or 0, {"": ("a",)})

    with pytest.raises(NotFound, match="learn.check"):
        answer_check(actor, "m1", "l1", "cau-khac", form, now=NOW)


def reworded(session: Session, code: str) -> None:
    question = session.scalars(select(Question).filter_by(code=code)).one()
    body = {
        "stem": "Câu hỏi đã sửa?",
        "options": [{"text": "Một", "correct": False}, {"text": "Hai", "correct": True}],
        "explanation": "Vì câu đã sửa.",
    }
    make_question_version(session, question, body=body)


def test_an_answer_to_an_older_wording_is_asked_again(
    session: Session, actor: Actor, lesson: Lesson
) -> None:
    reply(session, actor, "cau-1", "a")
    reworded(session, "cau-1")

    check = open_lesson(actor, "m1", "l1", now=NOW).checks[0]

    assert (check.is_answered, check.is_outdated) == (False, True)
    assert reply(session, actor, "cau-1", "b") is True


def test_an_answer_on_a_page_from_before_the_rewording_is_refused(
    session: Session, actor: Actor, lesson: Lesson
) -> None:
    shown = open_lesson(actor, "m1", "l1", now=NOW).checks[0].version_id
    reworded(session, "cau-1")

    with pytest.raises(Conflict, match="learn.check_changed"):
        answer_check(actor, "m1", "l1", "cau-1", CheckForm(shown, {"": ("a",)}), now=NOW)


def answer_all(session: Session, actor: Actor) -> None:
    reply(session, actor, "cau-1", "b")
    reply(session, actor, "cau-2", "a", "c")


def test_a_lesson_is_finished_once_its_checks_are_answered_right_or_wrong(
    session: Session, actor: Actor, lesson: Lesson
) -> None:
    answer_all(session, actor)

    finish_lesson(actor, "m1", "l1", version=1, now=LATER)

    mark = the_mark(session)
    assert (mark.finished_version_id, mark.finished_at) == (lesson.published_version_id, LATER)


def test_open_checks_keep_a_lesson_open(session: Session, actor: Actor, lesson: Lesson) -> None:
    reply(session, actor, "cau-1", "a")

    with pytest.raises(Conflict) as refusal:
        finish_lesson(actor, "m1", "l1", version=1, now=LATER)

    assert refusal.value.code == "learn.unanswered"
    assert refusal.value.text() == "Bạn còn 1 câu hỏi trong bài chưa trả lời."
    assert the_mark(session).finished_at is None


def test_a_check_whose_question_is_missing_keeps_nobody(
    session: Session, actor: Actor, module: Module
) -> None:
    make_lesson(session, module, "l1", check_codes=("khong-con-nua",))

    finish_lesson(actor, "m1", "l1", version=1, now=NOW)

    assert the_mark(session).finished_at == NOW


def test_finishing_twice_keeps_the_first(session: Session, actor: Actor, module: Module) -> None:
    lesson = make_lesson(session, module, "l1")
    finish_lesson(actor, "m1", "l1", version=1, now=NOW)
    make_lesson_version(session, lesson)

    done = finish_lesson(actor, "m1", "l1", version=1, now=LATER)

    mark = the_mark(session)
    first = session.scalars(select(LessonVersion).filter_by(lesson_id=lesson.id, number=1)).one()
    assert (mark.finished_at, mark.finished_version_id) == (NOW, first.id)
    assert done.completions == ()


def test_who_is_half_way_is_told_what_changed(
    session: Session, actor: Actor, module: Module
) -> None:
    lesson = make_lesson(session, module, "l1")
    open_lesson(actor, "m1", "l1", now=NOW)
    for note in ("Sửa số liệu", None):
        make_lesson_version(session, lesson).change_note = note
    session.commit()

    page = open_lesson(actor, "m1", "l1", now=LATER)

    assert [(change.number, change.note) for change in page.changes] == [
        (2, "Sửa số liệu"),
        (3, None),
    ]
    assert (page.opened_on, page.text.number) == (date(2026, 3, 14), 3)


def test_who_knows_the_present_text_is_told_nothing(
    session: Session, actor: Actor, module: Module
) -> None:
    lesson = make_lesson(session, module, "l1")
    make_lesson_version(session, lesson)
    open_lesson(actor, "m1", "l1", now=NOW)

    assert open_lesson(actor, "m1", "l1", now=LATER).changes == ()


def test_accepted_changes_are_not_told_again(
    session: Session, actor: Actor, module: Module
) -> None:
    lesson = make_lesson(session, module, "l1")
    open_lesson(actor, "m1", "l1", now=NOW)
    make_lesson_version(session, lesson)

    accept_changes(actor, "m1", "l1", version=2, now=LATER)

    assert open_lesson(actor, "m1", "l1", now=LATER).changes == ()
    assert the_mark(session).opened_version_id == lesson.published_version_id


def test_changes_newer_than_those_accepted_are_still_told(
    session: Session, actor: Actor, module: Module
) -> None:
    lesson = make_lesson(session, module, "l1")
    open_lesson(actor, "m1", "l1", now=NOW)
    make_lesson_version(session, lesson)
    make_lesson_version(session, lesson)

    accept_changes(actor, "m1", "l1", version=2, now=LATER)

    assert len(open_lesson(actor, "m1", "l1", now=LATER).changes) == 2


def test_a_text_published_while_reading_is_not_finished_unseen(
    session: Session, actor: Actor, module: Module
) -> None:
    lesson = make_lesson(session, module, "l1")
    open_lesson(actor, "m1", "l1", now=NOW)
    second = make_lesson_version(session, lesson)

    with pytest.raises(Conflict, match="learn.changed"):
        finish_lesson(actor, "m1", "l1", version=1, now=LATER)
    assert the_mark(session).finished_at is None

    finish_lesson(actor, "m1", "l1", version=2, now=LATER)
    assert the_mark(session).finished_version_id == second.id


def test_the_last_lesson_completes_the_programme(
    session: Session, actor: Actor, module: Module
) -> None:
    programme = make_programme(session, modules=(module,))
    make_lesson(session, module, "l1")
    make_lesson(session, module, "l2")

    assert finish_lesson(actor, "m1", "l1", version=1, now=NOW).completions == ()
    [news] = finish_lesson(actor, "m1", "l2", version=1, now=LATER).completions

    assert (news.programme_id, news.completed_on) == (programme.id, date(2026, 3, 16))


def test_a_refusal_in_the_chain_leaves_nothing_behind(
    session: Session, actor: Actor, module: Module
) -> None:
    make_programme(session, modules=(module,), validity_months=10**6)
    make_lesson(session, module, "l1")

    with pytest.raises(ValueError, match="year"):
        finish_lesson(actor, "m1", "l1", version=1, now=NOW)

    assert session.scalar(select(func.count()).select_from(LessonMark)) == 0
    assert session.scalar(select(func.count()).select_from(ModuleCompletion)) == 0


def test_two_last_lessons_finished_at_once_complete_once(
    app: Flask, session: Session, actor: Actor, module: Module
) -> None:
    make_programme(session, modules=(module,))
    codes = [f"l{number}" for number in range(1, 7)]
    for code in codes:
        make_lesson(session, module, code)

    results = at_once(
        app,
        [
            lambda code=code: finish_lesson(actor, "m1", code, version=1, now=NOW).completions
            for code in codes
        ],
    )

    assert sorted(len(news) for news in results) == [0, 0, 0, 0, 0, 1]
    assert session.scalar(select(func.count()).select_from(ProgrammeCompletion)) == 1
    assert session.scalar(select(func.count()).select_from(ModuleCompletion)) == 1


def test_a_programme_that_became_ones_own_later_can_be_claimed(
    session: Session, module: Module
) -> None:
    person, unit = make_person(session), make_unit(session)
    make_assignment(session, person, unit)
    newcomer = actor_of(make_user(session, person=person))
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    assert complete_course.claim(newcomer, now=NOW) == ()
    make_duty(session, person, unit, valid_from=date(2026, 3, 15))

    [news] = complete_course.claim(newcomer, now=LATER)

    assert news.completed_on == date(2026, 3, 16)
    assert complete_course.claim(newcomer, now=LATER) == ()


def test_without_a_person_there_is_nothing_to_claim(session: Session) -> None:
    assert complete_course.claim(actor_of(make_user(session)), now=NOW) == ()

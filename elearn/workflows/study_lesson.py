"""Studying: open a lesson, answer its inline checks, finish it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.assessment.domain.question_types import ALL, Body, Fields, type_of
from elearn.assessment.models import QuestionVersion
from elearn.infra.db import looking, transaction
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict, Forbidden, Invalid, NotFound
from elearn.progress import services
from elearn.progress.lesson_queries import Check, LessonPage, get_lesson_page
from elearn.progress.services import GivenAnswer, NewCompletion
from elearn.workflows import complete_course


@dataclass(frozen=True, slots=True)
class CheckForm:
    """The fields sent for an inline check, and the wording (its version) they answer."""

    version_id: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of pressing "finish": the lesson, and the programmes that became complete."""

    page: LessonPage
    completions: tuple[NewCompletion, ...]


def _person_of(actor: Actor) -> int:
    if actor.person_id is None:
        raise Forbidden(
            "access.no_person",
            N_("Tài khoản này không gắn với hồ sơ cán bộ nào nên không thể học hoặc làm bài."),
        )
    return actor.person_id


def _page(
    session: Session, person_id: int, module_code: str, lesson_code: str, now: datetime
) -> LessonPage:
    return get_lesson_page(session, person_id, module_code, lesson_code, on=local_day(now))


def open_lesson(actor: Actor, module_code: str, lesson_code: str, *, now: datetime) -> LessonPage:
    """Return a lesson to read; its first opening is remembered, later ones write nothing.

    Raises NotFound, Forbidden.
    """
    person_id = _person_of(actor)
    with looking() as session:
        page = _page(session, person_id, module_code, lesson_code, now)
    if page.opened_at is None:
        _remember(person_id, page, now)
    return page


def _remember(person_id: int, page: LessonPage, now: datetime) -> None:
    try:
        with transaction() as session:
            services.mark_opened(session, person_id, page.lesson_id, page.text.version_id, now=now)
    except IntegrityError:
        # Two tabs opened the lesson at the same moment; the other one's mark is as good.
        return


def accept_changes(
    actor: Actor, module_code: str, lesson_code: str, *, version: int, now: datetime
) -> None:
    """Remember that the learner has read what changed up to ``version`` (its number).

    Raises NotFound, Forbidden.
    """
    person_id = _person_of(actor)
    with transaction() as session:
        page = _page(session, person_id, module_code, lesson_code, now)
        if page.text.number == version:
            services.mark_read(session, person_id, page.lesson_id, page.text.version_id)


def answer_check(
    actor: Actor,
    module_code: str,
    lesson_code: str,
    question_code: str,
    form: CheckForm,
    *,
    now: datetime,
) -> bool:
    """Keep the last answer to an inline check; return whether it is wholly right.

    Raises NotFound, Forbidden, Invalid (``learn.no_answer`` when nothing is chosen), Conflict
    (``learn.check_changed`` when the question has been worded anew meanwhile).
    """
    person_id = _person_of(actor)
    with transaction() as session:
        page = _page(session, person_id, module_code, lesson_code, now)
        check = _check_of(page, question_code)
        body = session.get_one(QuestionVersion, check.version_id).body
        answer = _judged(check, body, form)
        services.lock_person(session, person_id)
        services.save_check_answer(session, person_id, page.lesson_id, answer, now=now)
    return answer.is_correct


def _judged(check: Check, body: Body, form: CheckForm) -> GivenAnswer:
    if form.version_id != check.version_id:
        raise Conflict(
            "learn.check_changed",
            N_("Câu hỏi vừa được sửa trong lúc bạn trả lời. Mời bạn đọc lại và trả lời."),
        )
    kind = type_of(check.type)
    said = kind.parse_form(body, form.fields)
    kept = None if said is None else kind.check_value(body, said)
    is_correct = kept is not None and kind.grade(body, kept) == ALL
    # Where no option is right, leaving all unticked answers the question.
    if kept is None or not (is_correct or kind.is_answer(kept)):
        raise Invalid("learn.no_answer", N_("Hãy trả lời rồi bấm “Trả lời”."))
    return GivenAnswer(check.question_id, check.version_id, kept, is_correct)


def _check_of(page: LessonPage, question_code: str) -> Check:
    for check in page.checks:
        if check.code == question_code:
            return check
    raise NotFound("learn.check", N_("Không có câu hỏi này trong bài học."))


def finish_lesson(
    actor: Actor, module_code: str, lesson_code: str, *, version: int, now: datetime
) -> Finished:
    """Finish a lesson in the version that the learner has read, and what follows from it.

    ``version`` is the number of the text shown with the button. Finishing again changes nothing.
    Raises NotFound, Forbidden, Conflict: ``learn.changed`` when another text has been published
    meanwhile, ``learn.unanswered`` while inline checks are not answered.
    """
    person_id = _person_of(actor)
    with transaction() as session:
        services.lock_person(session, person_id)
        page = _page(session, person_id, module_code, lesson_code, now)
        if page.finished_at is None:
            _refuse_unfinished(page, version)
        services.mark_finished(session, person_id, page.lesson_id, page.text.version_id, now=now)
        completions = complete_course.advance(session, actor, person_id, now=now)
    return Finished(page, completions)


def _refuse_unfinished(page: LessonPage, version: int) -> None:
    if page.text.number != version:
        raise Conflict(
            "learn.changed",
            N_(
                "Bài học vừa được cập nhật trong lúc bạn đọc. "
                "Mời bạn xem lại những chỗ thay đổi rồi bấm hoàn thành."
            ),
        )
    if page.unanswered:
        raise Conflict(
            "learn.unanswered",
            N_("Bạn còn %(count)s câu hỏi trong bài chưa trả lời."),
            count=len(page.unanswered),
        )

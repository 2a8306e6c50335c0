"""From draft to published version: submit, withdraw, return, publish."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.content import QuestionContent
from elearn.assessment.models import Level
from elearn.assessment.publishing import (
    place_paper,
    place_question,
    publish_paper,
    publish_question,
)
from elearn.authoring import inline_checks
from elearn.authoring.catalogue.queries import (
    check_alive,
    find_module_id,
    find_question,
    find_thing,
)
from elearn.authoring.drafts import services
from elearn.authoring.drafts.checks import Problem, errors_of
from elearn.authoring.drafts.content import (
    LessonText,
    PaperText,
    QuestionText,
    from_json,
    paper_data,
    question_data,
    to_json,
)
from elearn.authoring.drafts.ground import Ground
from elearn.authoring.drafts.policy import check_author, check_reviewer
from elearn.authoring.drafts.preview import preview
from elearn.authoring.drafts.queries import involved_in
from elearn.authoring.drafts.rules import check_in_review, is_outdated
from elearn.authoring.models import Draft
from elearn.curriculum.content import LessonContent
from elearn.curriculum.models import Lesson
from elearn.curriculum.publishing import (
    Placement,
    find_lesson,
    place_lesson,
    publish_lesson,
)
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Conflict, Invalid


class NotFit(Invalid):
    """The text cannot be published as it is; ``problems`` say why."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            "draft.problems",
            N_("Còn %(count)d chỗ phải sửa trước khi xuất bản; chưa xuất bản gì."),
            count=len(problems),
        )
        self.problems = problems


def submit_for_review(
    actor: Actor, draft_id: int, *, lock_version: int, change_note: str, now: datetime
) -> None:
    """Send the draft, as it was at ``lock_version``, to the reviewers.

    Raises NotFit while something stands against its publication, Conflict, Forbidden.
    """
    check_author(actor)
    with transaction() as session:
        draft = services.lock_draft(session, draft_id)
        services.check_seen(draft, lock_version)
        content = from_json(draft.kind, draft.content)
        thing = find_thing(session, draft.kind, draft.code)
        if thing is not None and thing.content and to_json(thing.content) == to_json(content):
            raise Invalid("draft.unchanged", N_("Bản nháp không khác gì bản đang xuất bản."))
        # The preview renders, too: a text that cannot be rendered is not sent either.
        day = local_day(now)
        _check_fit(preview(session, draft.code, draft.module_code, content, day=day).problems)
        services.submit(session, draft, change_note, actor=actor, now=now)
        _record(session, actor, "draft.submit", draft, now)


def withdraw(actor: Actor, draft_id: int, *, now: datetime) -> None:
    """Take the draft back to go on writing. Raises Conflict, Forbidden."""
    check_author(actor)
    with transaction() as session:
        draft = services.lock_draft(session, draft_id)
        services.withdraw(session, draft, actor=actor, now=now)
        _record(session, actor, "draft.withdraw", draft, now)


def send_back(actor: Actor, draft_id: int, *, comment: str, now: datetime) -> None:
    """Return the draft with what must change. Raises Conflict, Forbidden."""
    with transaction() as session:
        draft = services.lock_draft(session, draft_id)
        check_reviewer(actor, involved_in(session, draft))
        services.send_back(session, draft, comment, actor=actor, now=now)
        _record(session, actor, "draft.return", draft, now, reason=comment)


def publish(
    actor: Actor, draft_id: int, *, lock_version: int, accept_outdated: bool, now: datetime
) -> int:
    """Make the draft, as it was at ``lock_version``, the version that learners see.

    Returns the number of the version. Raises NotFit (nothing is published), Forbidden (own work,
    wrong role), Conflict (no longer in review, changed since, or something else was published
    since the draft was begun and ``accept_outdated`` does not say that this is known).
    """
    with transaction() as session:
        draft = services.lock_for_publication(session, draft_id)
        check_reviewer(actor, involved_in(session, draft))
        check_in_review(draft.state)
        services.check_seen(draft, lock_version)
        _check_place(session, draft, accept_outdated=accept_outdated)
        number = _publish(session, draft, actor, now)
        services.mark_published(session, draft, number, actor=actor, now=now)
        _record(session, actor, "draft.publish", draft, now, reason=draft.change_note)
        return number


def _check_place(session: Session, draft: Draft, *, accept_outdated: bool) -> None:
    thing = find_thing(session, draft.kind, draft.code)
    if thing is not None:
        check_alive(thing)
    number = thing.number if thing else None
    if is_outdated(draft.base_number, number) and not accept_outdated:
        raise Conflict(
            "draft.outdated",
            N_(
                "Từ lúc bắt đầu bản nháp đã có bản xuất bản mới. Hãy xem phần so sánh rồi đánh "
                "dấu xác nhận nếu vẫn muốn thay."
            ),
        )


def _check_fit(problems: Sequence[Problem]) -> None:
    errors = errors_of(problems)
    if errors:
        raise NotFit(errors)


def _publish(session: Session, draft: Draft, actor: Actor, now: datetime) -> int:
    content = from_json(draft.kind, draft.content)
    ground = Ground(session, draft.module_code, local_day(now))
    _check_fit(ground.problems(draft.code, content))
    if isinstance(content, PaperText):
        return _publish_paper(session, draft, content, actor, now)
    if isinstance(content, QuestionText):
        return _publish_question(session, draft, content, ground, actor, now)
    return _publish_lesson(session, draft, content, ground, actor, now)


def _publish_paper(
    session: Session, draft: Draft, text: PaperText, actor: Actor, now: datetime
) -> int:
    from elearn.assessment.formats.papers import read_paper  # noqa: PLC0415 - pydantic
    from elearn.authoring.files.contents import paper_content  # noqa: PLC0415 - pydantic

    read = read_paper(paper_data(draft.code, text))
    if isinstance(read, list):
        raise TypeError("checked before")
    return publish_paper(
        session,
        place_paper(session, draft.code),
        paper_content(read),
        user_id=actor.user_id,
        note=draft.change_note,
        now=now,
    )


def _publish_lesson(
    session: Session, draft: Draft, text: LessonText, ground: Ground, actor: Actor, now: datetime
) -> int:
    lesson = find_lesson(session, draft.code) or _new_lesson(session, draft)
    version = publish_lesson(
        session,
        lesson,
        _lesson_content(draft, text),
        ground.context(text),
        user_id=actor.user_id,
        note=draft.change_note,
        now=now,
    )
    inline_checks.mark(session)
    return version.number


def _new_lesson(session: Session, draft: Draft) -> Lesson:
    """Return a new lesson at the end of its module; its file name sorts it there too."""
    module_id = find_module_id(session, draft.module_code)
    if module_id is None:
        raise Conflict("module.gone", N_("Chuyên đề của bài này không còn."))
    last = session.scalar(select(func.max(Lesson.position)).where(Lesson.module_id == module_id))
    position = (last or 0) + 1
    placement = Placement(module_id, f"{position:02d}-{draft.code}.md", position)
    return place_lesson(session, draft.code, placement)


def _lesson_content(draft: Draft, text: LessonText) -> LessonContent:
    if text.minutes is None or text.in_force_as_of is None:
        raise ValueError("checked before")
    data = to_json(text)
    return LessonContent(
        code=draft.code,
        title=data["title"],
        minutes=text.minutes,
        outcomes=data["outcomes"],
        skills=data["skills"],
        audience=data["audience"],
        facts=data["facts"],
        citations=data["citations"],
        in_force_as_of=text.in_force_as_of,
        body=data["body"],
    )


def _publish_question(
    session: Session,
    draft: Draft,
    text: QuestionText,
    ground: Ground,
    actor: Actor,
    now: datetime,
) -> int:
    question = find_question(session, draft.code) or place_question(
        session, draft.code, draft.module_code
    )
    version = publish_question(
        session,
        question,
        _question_content(draft, text),
        ground.context(text),
        user_id=actor.user_id,
        note=draft.change_note,
        now=now,
    )
    return version.number


def _question_content(draft: Draft, text: QuestionText) -> QuestionContent:
    from elearn.assessment.formats.questions import read_question  # noqa: PLC0415 - pydantic

    read = read_question(question_data(draft.code, text))
    if isinstance(read, list):
        raise TypeError("checked before")
    return QuestionContent(
        code=draft.code,
        type=read.type,
        level=Level(read.header.level),
        module_code=draft.module_code,
        lesson_code=read.header.lesson,
        area=read.header.area,
        skills=list(read.header.skills),
        facts=list(read.header.facts),
        citations=list(read.header.citations),
        points=Decimal(read.points),
        body=read.body,
    )


def _record(
    session: Session,
    actor: Actor,
    act: str,
    draft: Draft,
    now: datetime,
    *,
    reason: str | None = None,
) -> None:
    audit.record(
        session,
        actor,
        act,
        (draft.kind.value.lower(), draft.code),
        at=now,
        reason=reason,
        details={
            "draft": draft.id,
            "base": draft.base_number,
            "became": draft.published_number,
            "lock_version": draft.lock_version,
        },
    )

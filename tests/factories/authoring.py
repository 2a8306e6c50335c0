"""Authors, reviewers, texts fit to be published, and drafts; each is committed at once."""

from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.authoring.drafts.content import Content, LessonText, Outcome, QuestionText
from elearn.authoring.models import Draft, DraftKind
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.org.models import Unit
from elearn.workflows.author_content import Opened, save_draft
from elearn.workflows.review_content import publish, submit_for_review
from tests.factories.org import actor_of, grant, make_unit, make_user

_numbers = count(1)

A_LESSON = LessonText(
    title="Bài thử",
    minutes=20,
    outcomes=(Outcome("Nêu được nội dung bài thử", "RECALL"),),
    skills=("S1",),
    audience=("Mọi nhóm đối tượng",),
    facts=("F001",),
    citations=(),
    in_force_as_of=date(2026, 6, 30),
    body="## Mở đầu\n\nNội dung bài thử đã sửa.\n",
)
A_QUESTION = QuestionText(
    type="single_choice",
    level="RECALL",
    skills=("S1",),
    points="1",
    body={
        "stem": "Câu hỏi thử đã sửa?",
        "options": [
            {"text": "Phương án một", "correct": True},
            {"text": "Phương án hai", "correct": False, "feedback": "Chưa đúng."},
        ],
        "explanation": "Vì sao đúng.",
    },
)


def make_staff(session: Session, *roles: Role, name: str | None = None) -> tuple[User, Actor]:
    """Add an account holding ``roles`` on some unit; return it and the actor it is."""
    user = make_user(session, name or f"nguoi-{next(_numbers)}")
    unit = session.scalar(select(Unit).limit(1)) or make_unit(session)
    return user, actor_of(user, *(grant(session, user, role, unit) for role in roles))


def make_author(session: Session) -> Actor:
    """Add somebody who writes."""
    return make_staff(session, Role.AUTHOR)[1]


def make_reviewer(session: Session) -> Actor:
    """Add somebody who publishes."""
    return make_staff(session, Role.REVIEWER)[1]


def lesson_text(**fields: Any) -> LessonText:
    """Return a lesson fit to be published."""
    return replace(A_LESSON, **fields)


def question_text(lesson: str, **fields: Any) -> QuestionText:
    """Return a question of ``lesson`` fit to be published."""
    return replace(A_QUESTION, lesson=lesson, **fields)


def make_draft(
    author: Actor, code: str, content: Content, *, base_number: int | None = 1
) -> Opened:
    """Save ``content`` as the draft of what is published as ``code``."""
    now = utc_now()
    saved = save_draft(author, code, content, Opened(None, 0, base_number), now=now)
    return Opened(saved.draft_id, saved.lock_version, base_number)


def make_submitted(
    author: Actor, code: str, content: Content, *, base_number: int | None = 1
) -> Opened:
    """Save ``content`` and send it for review."""
    opened = make_draft(author, code, content, base_number=base_number)
    send(author, opened, "Sửa theo góp ý")
    return opened


def send(author: Actor, opened: Opened, note: str = "Vì sao sửa") -> None:
    """Send the draft for review as it was opened."""
    assert opened.draft_id is not None
    submit_for_review(
        author,
        opened.draft_id,
        lock_version=opened.lock_version,
        change_note=note,
        now=utc_now(),
    )


def approve(reviewer: Actor, opened: Opened, *, accept_outdated: bool = False) -> int:
    """Publish the draft as it was opened; return the number of the version."""
    assert opened.draft_id is not None
    return publish(
        reviewer,
        opened.draft_id,
        lock_version=opened.lock_version,
        accept_outdated=accept_outdated,
        now=utc_now(),
    )


def the_draft(session: Session, kind: DraftKind, code: str) -> Draft:
    """Return the only draft of ``code`` as it is stored now."""
    session.rollback()
    return session.scalars(
        select(Draft)
        .where(Draft.kind == kind, Draft.code == code)
        .execution_options(populate_existing=True)
    ).one()

"""People who sit papers, their devices, and what a device sends."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.accounts.models import SignInSession, User
from elearn.assessment.domain.protocol import Event, Save
from elearn.assessment.models import Attempt, AttemptItem, Question, QuestionVersion
from elearn.infra.db import now as database_now
from elearn.kernel.actor import Actor
from elearn.kernel.clock import utc_now
from elearn.workflows import take_quiz
from tests.factories.org import actor_of, make_person, make_user


def make_learner(session: Session, full_name: str = "Lò Thử Ánh") -> User:
    """Add a person with an account."""
    return make_user(session, person=make_person(session, full_name=full_name))


def make_device(session: Session, user: User) -> Actor:
    """Return ``user`` signed in on a device of its own."""
    now = utc_now()
    row = SignInSession(
        user_id=user.id,
        token_hash=secrets.token_hex(32),
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(hours=12),
    )
    session.add(row)
    session.commit()
    return replace(actor_of(user), session_id=row.id)


def items_of(session: Session, attempt_id: int) -> dict[str, int]:
    """Return {question code: item id} of an attempt, in the order of its sheet."""
    rows = session.execute(
        select(Question.code, AttemptItem.id)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(AttemptItem.attempt_id == attempt_id)
        .order_by(AttemptItem.position)
    )
    return {row.code: row.id for row in rows}


def move_deadline(session: Session, attempt_id: int, seconds: float) -> None:
    """Put the deadline ``seconds`` from now by the database's clock; the clock stays."""
    session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id)
        .values(deadline_at=database_now(session) + timedelta(seconds=seconds))
    )
    session.commit()


def a_save(item: int, value: object, *, epoch: int = 1, seq: int = 1, uuid: str = "") -> Save:
    """Return a save of one event."""
    return Save(epoch, (Event(uuid or str(uuid4()), item, seq, value),))


def sit(
    session: Session, paper_code: str, answers: Mapping[str, object], *, device: Actor | None = None
) -> int:
    """Sit a paper from start to submission, giving {question code: value}; return the attempt.

    Questions that are not drawn are not answered; without ``device`` a new person sits it.
    """
    actor = device or make_device(session, make_learner(session))
    attempt_id = take_quiz.start(actor, paper_code)
    for seq, (code, item) in enumerate(items_of(session, attempt_id).items(), 1):
        if code in answers:
            take_quiz.save_answers(actor, attempt_id, a_save(item, answers[code], seq=seq))
    take_quiz.submit(actor, attempt_id)
    return attempt_id

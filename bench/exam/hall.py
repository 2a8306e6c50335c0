"""The hall: units, examinees who are signed in, a bank, and a survey round of 30 questions."""

import secrets
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import SignInSession, User
from elearn.accounts.tokens import token_hash
from elearn.assessment import publishing
from elearn.assessment.content import PaperContent, QuestionContent
from elearn.assessment.models import FeedbackRule, Level, PaperKind
from elearn.assessment.rounds.models import RoundKind
from elearn.assessment.rounds.policy import Draft
from elearn.assessment.rounds.queries import list_round_papers
from elearn.infra.bulk import insert_all
from elearn.infra.db import reading, transaction
from elearn.infra.jobs import due_job_ids
from elearn.infra.jobs import run as run_job
from elearn.infra.richtext_syntax import NO_CONTEXT
from elearn.kernel.actor import Actor, Grant, Role
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.text import fold
from elearn.org import ancestry
from elearn.org.models import (
    Person,
    PositionAssignment,
    PositionType,
    Unit,
    UnitKind,
    UnitVersion,
    WorkforceCategory,
)
from elearn.workflows import manage_rounds

COMMUNES, QUESTIONS, ASKED = 75, 300, 30
PAPER = "khao-sat-tai"
_LONG_AGO = date(2020, 1, 1)
_LEVELS = {Level.RECALL: 12, Level.UNDERSTAND: 9, Level.APPLY: 9}


def _units(session: Session) -> list[int]:
    """Add a province with its communes; return the province, then the communes."""
    now, ids = utc_now(), []
    for number in range(COMMUNES + 1):
        unit = Unit(code=f"HALL-{number}")
        session.add(unit)
        session.flush()
        name = f"Đơn vị thử {number}"
        session.add(
            UnitVersion(
                unit_id=unit.id,
                name=name,
                search_text=fold(name),
                kind=UnitKind.COMMUNE if number else UnitKind.PROVINCE,
                parent_id=ids[0] if number else None,
                valid_from=_LONG_AGO,
                recorded_at=now,
            )
        )
        ids.append(unit.id)
    session.flush()
    ancestry.rebuild(session)
    return ids


def _people(session: Session, communes: list[int], count: int) -> dict[str, str]:
    """Add ``count`` people who work in the communes, signed in; return {token: person code}."""
    now = utc_now()
    codes = [f"THI-{number:05}" for number in range(count)]
    names = [f"Người Thử {number}" for number in range(count)]
    insert_all(
        session,
        Person,
        (
            {
                "code": code, "full_name": name, "sort_key": fold(name), "search_text": fold(name),
                "category": WorkforceCategory.CIVIL_SERVANT,
            }
            for code, name in zip(codes, names, strict=True)
        ),
    )  # fmt: skip
    people = dict(
        session.execute(select(Person.code, Person.id).where(Person.code.in_(codes))).tuples().all()
    )
    insert_all(
        session,
        PositionAssignment,
        (
            {
                "person_id": people[code], "position_type": PositionType.COMMUNE_OFFICIAL,
                "home_unit_id": unit, "duty_unit_id": unit, "is_primary": True,
                "valid_from": _LONG_AGO, "recorded_at": now,
            }
            for code, unit in zip(codes, communes * (count // len(communes) + 1), strict=False)
        ),
    )  # fmt: skip
    insert_all(
        session,
        User,
        (
            {
                "username": code.lower(), "display_name": name, "search_text": fold(name),
                "person_id": people[code], "locale": "vi", "created_at": now,
            }
            for code, name in zip(codes, names, strict=True)
        ),
    )  # fmt: skip
    users = dict(
        session.execute(select(User.username, User.id).where(User.person_id.in_(people.values())))
        .tuples()
        .all()
    )
    tokens = {secrets.token_urlsafe(32): code for code in codes}
    insert_all(
        session,
        SignInSession,
        (
            {
                "user_id": users[code.lower()], "token_hash": token_hash(token), "device": "thử",
                "created_at": now, "last_seen_at": now, "expires_at": now + timedelta(hours=12),
            }
            for token, code in tokens.items()
        ),
    )  # fmt: skip
    return tokens


def _question(number: int, level: Level) -> QuestionContent:
    options = [
        {"text": f"Phương án {letter} của câu {number}", "correct": letter == "A"}
        for letter in "ABCD"
    ]
    return QuestionContent(
        code=f"tai-{number:04}",
        type="single_choice",
        level=level,
        module_code="tai",
        lesson_code="tai-1",
        area=None,
        skills=[],
        facts=[],
        citations=[],
        points=Decimal(1),
        body={
            "stem": f"Khi tiếp nhận hồ sơ loại {number}, cán bộ làm việc gì trước tiên?",
            "options": options,
            "explanation": "Theo quy trình.",
        },
    )


def _paper() -> PaperContent:
    cells = [
        {"module": "tai", "level": level.value, "count": count} for level, count in _LEVELS.items()
    ]
    return PaperContent(
        code=PAPER,
        title="Khảo sát thử tải",
        kind=PaperKind.SURVEY,
        time_limit_minutes=120,
        attempts=1,
        cooldown_hours=0,
        pass_percent=Decimal(50),
        shuffle=True,
        feedback=FeedbackRule.AFTER_CLOSE,
        sections=[{"title": "Chung", "draw": cells}],
    )


def _bank(session: Session) -> None:
    now = utc_now()
    levels = list(_LEVELS)
    for number in range(QUESTIONS):
        content = _question(number, levels[number % len(levels)])
        question = publishing.place_question(session, content.code, "tai")
        publishing.publish_question(
            session, question, content, NO_CONTEXT, user_id=None, note=None, now=now
        )
    paper = publishing.place_paper(session, _paper().code)
    publishing.publish_paper(session, paper, _paper(), user_id=None, note=None, now=now)


def _plan(province: int) -> None:
    """Plan a survey round for everybody, open from now on, and let the solver make its forms."""
    now = utc_now()
    with reading() as session:
        (paper,) = list_round_papers(session)
        user_id = session.scalars(select(User.id).limit(1)).one()
    grants = (Grant(Role.PROGRAMME_OFFICER, province),)
    officer = Actor(user_id=user_id, name="Cán bộ thử", grants=grants)
    draft = Draft(
        title="Tuần khảo sát thử",
        kind=RoundKind.SURVEY,
        unit_id=province,
        paper_id=paper[0],
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(hours=8),
        roster_on=local_day(now),
        attempts=1,
        needs_ticket=False,
        slot_minutes=None,
        forecast_question=None,
        groups=(),
    )
    manage_rounds.plan(officer, manage_rounds.save_draft(officer, None, draft, now=now), now=now)
    with reading() as session:
        job_ids = due_job_ids(session, utc_now())
    for job_id in job_ids:
        run_job(job_id)


def fill(app: Flask, count: int) -> list[str]:
    """Make the hall for ``count`` examinees; return the cookie of each browser."""
    with app.app_context():
        with transaction() as session:
            province, *communes = _units(session)
            tokens = _people(session, communes, count)
            _bank(session)
        _plan(province)
        signer = app.session_interface.get_signing_serializer(app)
        return [f"elearn={signer.dumps({'_user_id': token, '_fresh': True})}" for token in tokens]

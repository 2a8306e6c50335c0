"""The hall: units, examinees who are signed in, a bank and a paper of 30 questions."""

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
from elearn.infra.bulk import insert_all
from elearn.infra.db import transaction
from elearn.infra.richtext_syntax import NO_CONTEXT
from elearn.kernel.clock import utc_now
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

COMMUNES, QUESTIONS, ASKED = 75, 300, 30
PAPER = "khao-sat-tai"
_LONG_AGO = date(2020, 1, 1)
_LEVELS = {Level.RECALL: 12, Level.UNDERSTAND: 9, Level.APPLY: 9}


def _units(session: Session) -> list[int]:
    """Add a province with its communes; return the communes."""
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
    return ids[1:]


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
        kind=PaperKind.MODULE_TEST,
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


def fill(app: Flask, count: int) -> list[str]:
    """Make the hall for ``count`` examinees; return the cookie of each browser."""
    with app.app_context():
        with transaction() as session:
            communes = _units(session)
            tokens = _people(session, communes, count)
            _bank(session)
        signer = app.session_interface.get_signing_serializer(app)
        return [f"elearn={signer.dumps({'_user_id': token, '_fresh': True})}" for token in tokens]

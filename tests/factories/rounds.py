"""Rounds as officers plan them: a province with a commune, its people, a paper of one question."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.models import FeedbackRule, PaperKind
from elearn.assessment.rounds.models import Round, RoundExaminee, RoundKind
from elearn.assessment.rounds.policy import Draft
from elearn.infra.db import now as database_now
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import today, utc_now
from elearn.org.models import DutyKind, Unit, UnitKind
from elearn.workflows import manage_rounds
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import make_device
from tests.factories.curriculum import make_programme
from tests.factories.org import (
    actor_of,
    grant,
    make_assignment,
    make_duty,
    make_person,
    make_unit,
    make_user,
)

PAPER = "khao-sat"


class Hall:
    """A province T with the communes X and Y; its officer; the survey paper of one question."""

    def __init__(self, session: Session, **paper: object) -> None:
        self.session = session
        self.province = make_unit(session, "T", kind=UnitKind.PROVINCE, name="Tỉnh Thử")
        self.commune = self.unit("X", "Xã Thử Một")
        self.other = self.unit("Y", "Xã Thử Hai")
        make_question(session, "q1")
        self.paper = make_paper(
            session,
            PAPER,
            sections=[{"title": "Chung", "questions": ["q1"]}],
            **{
                "kind": PaperKind.SURVEY,
                "feedback": FeedbackRule.AFTER_CLOSE,
                "attempts": 1,
                **paper,
            },
        )
        self.officer = self.holder(Role.PROGRAMME_OFFICER, self.province)

    def unit(self, code: str, name: str, parent: Unit | None = None) -> Unit:
        return make_unit(
            self.session, code, kind=UnitKind.COMMUNE, name=name, parent=parent or self.province
        )

    def user(self, unit: Unit | None = None, name: str = "Lò Thử Ánh") -> User:
        """Add a person with a post in ``unit`` (the commune X) and an account in use."""
        person = make_person(self.session, full_name=name)
        make_assignment(self.session, person, unit or self.commune)
        user = make_user(self.session, person=person)
        user.password_hash = "x"
        self.session.commit()
        return user

    def holder_user(self, role: Role, unit: Unit) -> User:
        """Add an account with ``role`` on ``unit``, of somebody who sits nothing."""
        user = make_user(self.session, person=make_person(self.session))
        grant(self.session, user, role, unit)
        return user

    def holder(self, role: Role, unit: Unit) -> Actor:
        """Return the actor with ``role`` on ``unit``."""
        user = make_user(self.session, person=make_person(self.session))
        return actor_of(user, grant(self.session, user, role, unit))

    def device(self, unit: Unit | None = None, name: str = "Lò Thử Ánh") -> Actor:
        """Return somebody of ``unit`` signed in."""
        return make_device(self.session, self.user(unit, name))

    def clerk(self, unit: Unit | None = None) -> Actor:
        """Return somebody with a ONE_STOP duty in ``unit``, signed in."""
        user = self.user(unit)
        person = user.person_id
        assert person is not None
        make_duty(self.session, _Id(person), unit or self.commune, DutyKind.ONE_STOP)
        return make_device(self.session, user)

    def draft(self, **change: object) -> Draft:
        """Return a draft open from an hour ago for five hours, for everybody of the province."""
        now = utc_now()
        return replace(
            Draft(
                title="Khảo sát thử",
                kind=RoundKind.SURVEY,
                unit_id=self.province.id,
                paper_id=self.paper.id,
                opens_at=now - timedelta(hours=1),
                closes_at=now + timedelta(hours=4),
                roster_on=today(),
                attempts=1,
                needs_ticket=False,
                slot_minutes=None,
                forecast_question=None,
                groups=(),
            ),
            **change,
        )

    def save(self, **change: object) -> int:
        return manage_rounds.save_draft(self.officer, None, self.draft(**change), now=utc_now())

    def plan(self, **change: object) -> int:
        """Plan a round; return its id."""
        round_id = self.save(**change)
        manage_rounds.plan(self.officer, round_id, now=utc_now())
        return round_id

    def seat(self, round_id: int, actor: Actor) -> RoundExaminee:
        self.session.rollback()
        return self.session.scalars(
            select(RoundExaminee)
            .where(RoundExaminee.round_id == round_id, RoundExaminee.person_id == actor.person_id)
            .execution_options(populate_existing=True)
        ).one()

    def shift(self, round_id: int, *, starts: timedelta, ends: timedelta) -> None:
        """Put all windows of a round at these distances from now by the database's clock."""
        now = database_now(self.session)
        self.session.execute(
            update(RoundExaminee)
            .where(RoundExaminee.round_id == round_id)
            .values(starts_at=now + starts, ends_at=now + ends)
        )
        self.session.execute(
            update(Round)
            .where(Round.id == round_id)
            .values(opens_at=now + starts, closes_at=now + ends)
        )
        self.session.commit()

    def over(self, round_id: int) -> None:
        """Let the windows of a round have ended a minute ago."""
        self.shift(round_id, starts=timedelta(hours=-2), ends=timedelta(minutes=-1))

    def close(self, round_id: int) -> None:
        """Close a round whose windows have ended."""
        self.over(round_id)
        manage_rounds.close(self.officer, round_id, now=utc_now())

    def one_stop_programme(self) -> str:
        """Add a programme whose group G1 is everybody with a duty; return its code."""
        return make_programme(self.session).code


class _Id:
    """What make_duty needs of a person."""

    def __init__(self, person_id: int) -> None:
        self.id = person_id


def at(hour: int) -> datetime:
    """Return a moment of today's UTC day, for windows that need no clock."""
    return utc_now().replace(hour=hour, minute=0, second=0, microsecond=0)

"""A paper whose key is wrong, people who sat it, and those who put it right."""

from decimal import Decimal

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.models import Grade
from elearn.infra.jobs import Progress
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.org.models import Unit, UnitKind
from elearn.workflows import change_keys, take_quiz
from elearn.workflows.change_keys import Given
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import a_save, items_of, make_device
from tests.factories.org import (
    actor_of,
    grant,
    make_assignment,
    make_person,
    make_unit,
    make_user,
)
from tests.support.jobs import run_jobs

WHY = "Đáp án trái với Nghị quyết đã dẫn."


class Hall:
    """A province with an author, a reviewer, an officer; a paper of questions q1 to q4, key "a".

    Passing takes half of the points.
    """

    def __init__(self, session: Session, *, questions: int = 4, **paper: object) -> None:
        self.session = session
        self.province = make_unit(session, "T", kind=UnitKind.PROVINCE)
        self.unit = make_unit(session, "S", parent=self.province)
        self.codes = [f"q{number}" for number in range(1, questions + 1)]
        for code in self.codes:
            make_question(session, code)
        make_paper(
            session,
            "de",
            sections=[{"title": "Chung", "questions": self.codes}],
            attempts=None,
            **paper,
        )
        self.author = self.holder(Role.AUTHOR)
        self.reviewer = self.holder(Role.REVIEWER)
        self.officer = self.holder(Role.PROGRAMME_OFFICER)

    def holder(self, role: Role, unit: Unit | None = None) -> Actor:
        """Return somebody who holds ``role`` on ``unit``, by default the province."""
        user = make_user(self.session)
        return actor_of(user, grant(self.session, user, role, unit or self.province))

    def learner(self, unit: Unit | None = None, name: str = "Lò Thử Ánh") -> Actor:
        """Return an official of ``unit``, by default the department, with a device."""
        person = make_person(self.session, full_name=name)
        make_assignment(self.session, person, unit or self.unit)
        return make_device(self.session, make_user(self.session, person=person))

    def begin(self, learner: Actor, answers: str) -> int:
        """Let ``learner`` answer q1, q2, … by letters; "-" is no answer."""
        attempt_id = take_quiz.start(learner, "de")
        items = items_of(self.session, attempt_id)
        for seq, (code, letter) in enumerate(zip(self.codes, answers, strict=False), 1):
            if letter != "-":
                take_quiz.save_answers(learner, attempt_id, a_save(items[code], letter, seq=seq))
        return attempt_id

    def sit(self, answers: str, learner: Actor | None = None) -> int:
        """Let somebody answer and hand in; return the attempt."""
        who = learner or self.learner()
        attempt_id = self.begin(who, answers)
        take_quiz.submit(who, attempt_id)
        return attempt_id

    def propose(
        self,
        *,
        right: str = "b",
        treatment: Treatment = Treatment.KEY,
        code: str = "q1",
        by: Actor | None = None,
    ) -> int:
        """Propose another key and count what it would do; return the correction."""
        given = Given(treatment, {"right": list(right)}, WHY)
        correction_id, _ = change_keys.propose(by or self.author, code, 1, given, now=utc_now())
        change_keys.preview({"correction_id": correction_id}, Silent())
        self.session.rollback()
        return correction_id

    def approve(
        self, correction_id: int, *, by: Actor | None = None, may_lower: bool = False
    ) -> None:
        """Approve without regrading yet."""
        change_keys.approve(
            by or self.officer, correction_id, may_lower=may_lower, reason="Đúng.", now=utc_now()
        )
        self.session.rollback()

    def correct(self, app: Flask, *, may_lower: bool = False, **change: object) -> int:
        """Propose, approve and regrade; return the correction."""
        correction_id = self.propose(**change)
        self.approve(correction_id, may_lower=may_lower)
        run_jobs(app)
        self.session.rollback()
        return correction_id

    def grades(self, attempt_id: int) -> list[tuple[Decimal, Decimal, bool, str]]:
        """Return (score, maximum, passed, reason) of every grade, the first one first."""
        self.session.rollback()
        rows = self.session.scalars(
            select(Grade).where(Grade.attempt_id == attempt_id).order_by(Grade.number)
        )
        return [(row.score, row.max_score, row.passed, row.reason) for row in rows]

    def score(self, attempt_id: int) -> Decimal:
        """Return the score that counts."""
        return self.grades(attempt_id)[-1][0]


class Silent(Progress):
    """Progress that nobody watches."""

    def __init__(self) -> None:
        super().__init__(0)

    def report(self, done: int, total: int) -> None:
        """Tell nobody."""

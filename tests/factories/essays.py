"""Papers with essays, people who write them, and those who mark."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.marking.models import MarkingTask
from elearn.assessment.models import Attempt, AttemptState, Grade, PaperKind, Question
from elearn.kernel.actor import Actor, Role
from elearn.org.models import Unit, UnitKind
from elearn.workflows import mark_essays, take_quiz
from elearn.workflows.mark_essays import Given
from tests.factories.assessment import make_paper, make_question, make_question_version
from tests.factories.attempts import a_save, items_of, make_device
from tests.factories.org import (
    actor_of,
    grant,
    make_assignment,
    make_person,
    make_unit,
    make_user,
)

RUBRIC = [
    {"criterion": "Nêu đúng mục tiêu", "points": "4"},
    {"criterion": "Lập luận, ví dụ", "points": "6"},
]
ESSAY = {
    "stem": "Trình bày mục tiêu cải cách.",
    "rubric": RUBRIC,
    "min_words": 5,
    "explanation": "Cần nêu đủ ba ý.",
}
TEXT = "Mục tiêu là phục vụ người dân tốt hơn."


def _short(stem: str, answers: list[str]) -> dict:
    return {
        "type": "short_text",
        "stem": stem,
        "answers": answers,
        "match": "folded",
        "explanation": "Vì sao.",
        "points": "1",
    }


CASE = {
    "stem": "Một công dân đến Bộ phận Một cửa.",
    "explanation": "",
    "questions": [
        _short("Trả lời bằng một từ.", ["có"]),
        {**ESSAY, "type": "essay", "points": "3"},
    ],
}


def make_essay(session: Session, code: str = "e1", points: int = 10) -> None:
    """Publish an essay question of two criteria, 4 and 6."""
    _publish(session, code, "essay", ESSAY, {"min_words": 5}, points)


def make_case(session: Session, code: str = "c1", points: int = 4) -> None:
    """Publish a case of a short text (weight 1) and an essay (weight 3)."""
    parts = [
        {
            "stem": f"<p>{part['stem']}</p>",
            "explanation": "<p>Vì sao.</p>",
            "type": part["type"],
            "points": part["points"],
            "min_words": 0,
        }
        for part in CASE["questions"]
    ]
    _publish(session, code, "case", CASE, {"questions": parts}, points)


def _publish(session: Session, code: str, kind: str, body: dict, more: dict, points: int) -> None:
    question = Question(code=code, bank="m1")
    session.add(question)
    session.flush()
    version = make_question_version(session, question, type=kind, body=body, points=Decimal(points))
    version.rendered = {**version.rendered, **more}
    session.commit()


class Board:
    """A province with markers; a paper of a single choice q1 (1 point) and an essay e1 (10)."""

    def __init__(self, session: Session, *, kind: PaperKind = PaperKind.FINAL) -> None:
        self.session = session
        self.province = make_unit(session, "T", kind=UnitKind.PROVINCE)
        self.unit = make_unit(session, "S", parent=self.province, name="Sở Chim Yến")
        make_question(session, "q1")
        make_essay(session)
        make_case(session)
        self.paper("de", ["q1", "e1"], kind)
        self.paper("tinh-huong", ["c1"], kind)
        self.first, self.second, self.third = (
            self.marker(role) for role in (Role.AUTHOR, Role.REVIEWER, Role.PROGRAMME_OFFICER)
        )

    def paper(self, code: str, codes: list[str], kind: PaperKind) -> None:
        """Publish a paper of ``codes`` that is passed with half of the points."""
        sections = [{"title": "Chung", "questions": codes}]
        make_paper(self.session, code, sections=sections, kind=kind, attempts=None)

    def marker(self, role: Role = Role.AUTHOR, unit: Unit | None = None) -> Actor:
        """Return somebody who may mark in ``unit``, by default the province."""
        user = make_user(self.session)
        return actor_of(user, grant(self.session, user, role, unit or self.province))

    def learner(self, unit: Unit | None = None, name: str = "Quàng Kín Tên") -> Actor:
        """Return an official with a device."""
        person = make_person(self.session, full_name=name)
        make_assignment(self.session, person, unit or self.unit)
        return make_device(self.session, make_user(self.session, person=person))

    def sit(
        self, answers: dict[str, object], learner: Actor | None = None, paper: str = "de"
    ) -> int:
        """Let somebody answer {question code: value} and hand in; return the attempt."""
        who = learner or self.learner()
        attempt_id = take_quiz.start(who, paper)
        items = items_of(self.session, attempt_id)
        for seq, (code, value) in enumerate(answers.items(), 1):
            take_quiz.save_answers(who, attempt_id, a_save(items[code], value, seq=seq))
        take_quiz.submit(who, attempt_id)
        self.session.rollback()
        return attempt_id

    def write(self, learner: Actor | None = None, text: str = TEXT) -> int:
        """Let somebody answer both questions, the first one rightly."""
        return self.sit({"q1": "a", "e1": text}, learner)

    def mark(self, marker: Actor, *points: str, comment: str = "") -> bool:
        """Let ``marker`` take an essay and mark it; return whether its attempt is graded."""
        token = mark_essays.take(marker)
        assert token is not None
        graded = mark_essays.mark(marker, token, Given(points, comment))
        self.session.rollback()
        return graded

    def state(self, attempt_id: int) -> AttemptState:
        """Return the state of an attempt."""
        self.session.rollback()
        return self.session.get_one(Attempt, attempt_id).state

    def grade(self, attempt_id: int) -> tuple[Decimal, Decimal, bool] | None:
        """Return (score, maximum, passed) that counts."""
        self.session.rollback()
        row = self.session.scalars(
            select(Grade).where(Grade.attempt_id == attempt_id).order_by(Grade.number.desc())
        ).first()
        return None if row is None else (row.score, row.max_score, row.passed)

    def task(self) -> MarkingTask:
        """Return the one essay there is."""
        self.session.rollback()
        return self.session.scalars(select(MarkingTask)).one()


def mark_everything(session: Session, unit: Unit, *points: str) -> None:
    """Let one marker in ``unit`` give ``points`` to every essay that waits for marks."""
    session.rollback()
    user = make_user(session)
    marker = actor_of(user, grant(session, user, Role.AUTHOR, unit))
    while token := mark_essays.take(marker):
        mark_essays.mark(marker, token, Given(points, ""))
    session.rollback()

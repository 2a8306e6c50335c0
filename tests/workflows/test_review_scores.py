"""Score review: asked for once with a reason, decided by the officer of the unit, told to both."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from elearn.assessment import results
from elearn.assessment.models import Grade
from elearn.assessment.reviews.models import ReviewDecision, ReviewOutcome, ScoreReview
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.kernel.paging import PageRequest
from elearn.workflows import decide_attempts, review_scores
from tests.factories.attempts import items_of
from tests.factories.keys import Hall
from tests.factories.org import make_unit

WHY = "Câu 1 có hai cách hiểu."


class Office(Hall):
    """A hall with a learner who has one point of four."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.student = self.learner()
        self.attempt = self.sit("abbb", self.student)

    def items(self) -> dict[str, int]:
        """Return {question code: item id} of the attempt."""
        return items_of(self.session, self.attempt)

    def ask(self, *codes: str, by: Actor | None = None, reason: str = WHY) -> int:
        """Ask for a review; return it."""
        items = self.items()
        review_scores.ask(by or self.student, self.attempt, [items[code] for code in codes], reason)
        self.session.rollback()
        return self.session.scalars(select(ScoreReview.id)).one()

    def decide(self, review: int, by: Actor | None = None, **points: str) -> None:
        """Record ``points`` by question code."""
        items = self.items()
        given = {items[code]: text for code, text in points.items()}
        review_scores.decide(by or self.officer, review, given, "Đã xem lại bài.")


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


def test_the_request_is_kept_and_audited(office: Office) -> None:
    office.ask("q2")
    row = office.session.scalars(select(ScoreReview)).one()
    assert (row.reason, row.item_ids) == (WHY, [office.items()["q2"]])
    entry = office.session.scalars(select(AuditEntry).where(AuditEntry.act == "reviews.ask")).one()
    assert entry.reason == WHY


def test_a_score_is_kept_with_its_reason(office: Office) -> None:
    office.decide(office.ask())
    decision = office.session.scalars(select(ReviewDecision)).one()
    assert (decision.outcome, decision.grade_number) == (ReviewOutcome.KEPT, None)
    assert len(office.grades(office.attempt)) == 1


def test_recorded_points_append_a_grade(office: Office) -> None:
    office.decide(office.ask(), q2="1", q3="0,5")
    assert office.grades(office.attempt)[-1] == (Decimal("2.5"), Decimal(4), True, "reviewed")
    lines = results.list_grades(office.session, office.attempt)
    assert [(line.reason, line.words) for line in lines] == [
        ("examinee", ""),
        ("reviewed", "Đã xem lại bài."),
    ]


def test_recorded_points_stand_when_the_key_is_corrected_later(app, office: Office) -> None:
    office.decide(office.ask(), q2="1")
    office.correct(app, code="q2", right="c", may_lower=True)
    assert office.score(office.attempt) == Decimal(2)


def test_the_examinee_sees_request_and_decision(office: Office) -> None:
    before = review_scores.open_desk(office.student, office.attempt)
    assert (before.review, before.refusal) == (None, None)
    office.decide(office.ask(), q2="1")
    after = review_scores.open_desk(office.student, office.attempt).review
    assert after is not None
    assert (after.outcome, after.decision_reason) == (ReviewOutcome.CHANGED, "Đã xem lại bài.")


class TestRefused:
    def test_a_second_request(self, office: Office) -> None:
        office.ask()
        with pytest.raises(Conflict, match="một lần"):
            review_scores.ask(office.student, office.attempt, [], WHY)

    def test_after_the_last_day(self, office: Office) -> None:
        past = utc_now() - timedelta(days=8)
        office.session.execute(update(Grade).values(graded_at=past))
        office.session.commit()
        with pytest.raises(Conflict, match="quá hạn"):
            office.ask()
        desk = review_scores.open_desk(office.student, office.attempt)
        assert desk.refusal is not None

    def test_before_there_is_a_result(self, office: Office) -> None:
        running = office.begin(office.learner(), "a")
        with pytest.raises(NotFound):
            review_scores.ask(office.student, running, [], WHY)
        learner = office.learner()
        with pytest.raises(Conflict, match="Chưa có kết quả"):
            review_scores.ask(learner, office.begin(learner, "a"), [], WHY)

    def test_for_somebody_else(self, office: Office) -> None:
        with pytest.raises(NotFound):
            office.ask(by=office.learner())

    def test_without_a_reason(self, office: Office) -> None:
        with pytest.raises(Invalid, match="lý do"):
            office.ask(reason=" ")

    def test_for_a_question_of_another_attempt(self, office: Office) -> None:
        other = items_of(office.session, office.sit("aaaa"))["q1"]
        with pytest.raises(Invalid):
            review_scores.ask(office.student, office.attempt, [other], WHY)

    @pytest.mark.parametrize("points", ["1.5", "-1", "x", "", "0.001", "NaN"])
    def test_points_that_the_question_cannot_bring(self, office: Office, points: str) -> None:
        review = office.ask()
        with pytest.raises(Invalid):
            office.decide(review, q2=points)
        assert office.session.scalar(select(func.count(ReviewDecision.id))) == 0

    def test_deciding_twice(self, office: Office) -> None:
        review = office.ask()
        office.decide(review)
        with pytest.raises(Conflict):
            office.decide(review, q2="1")

    def test_a_void_attempt(self, office: Office) -> None:
        review = office.ask()
        assert office.student.person_id is not None
        decide_attempts.void(
            office.officer,
            office.student.person_id,
            office.attempt,
            "Gian lận.",
            uses_up=True,
            now=utc_now(),
        )
        with pytest.raises(Conflict):
            office.decide(review, q2="1")


class TestWho:
    def test_an_officer_of_other_units_finds_nothing(self, office: Office) -> None:
        review = office.ask()
        elsewhere = office.holder(Role.PROGRAMME_OFFICER, make_unit(office.session, "X"))
        assert review_scores.list_requests(elsewhere, PageRequest()).total == 0
        for act in (
            lambda: review_scores.open_case(elsewhere, review),
            lambda: office.decide(review, by=elsewhere),
        ):
            with pytest.raises(NotFound):
                act()

    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.HR, Role.LEADER, Role.ADMIN])
    def test_other_roles_find_nothing(self, office: Office, role: Role) -> None:
        with pytest.raises(NotFound):
            office.decide(office.ask(), by=office.holder(role))

    def test_nobody_decides_his_own(self, office: Office) -> None:
        review = office.ask()
        own = Actor(
            office.officer.user_id,
            office.officer.name,
            office.student.person_id,
            office.officer.grants,
        )
        with pytest.raises(Forbidden):
            office.decide(review, by=own, q2="1")

    def test_the_officer_sees_the_answers_and_that_is_audited(self, office: Office) -> None:
        case = review_scores.open_case(office.officer, office.ask("q1"))
        assert [item.number for item in case.items] == [1, 2, 3, 4]
        assert case.score == Decimal(1)
        opened = select(func.count(AuditEntry.id)).where(AuditEntry.act == "reviews.open")
        assert office.session.scalar(opened) == 1

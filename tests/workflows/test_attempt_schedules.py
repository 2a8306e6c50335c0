"""Any order of saving, extending, expiring, handing in, marking, voiding, correcting, reviewing.

Hypothesis makes the schedules; after every step the database is held against a small model. The
suite runs a few on each engine; ``ELEARN_SCHEDULES=1000 pytest`` on this file runs as many.
"""

import os
from decimal import Decimal
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.marking.models import EssayMark, MarkingTask
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    Attempt,
    AttemptState,
    Grade,
    PaperKind,
)
from elearn.assessment.regrading.models import RegradeOutcome
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict
from elearn.workflows import change_keys, decide_attempts, mark_essays, review_scores, take_quiz
from elearn.workflows.change_keys import Given as GivenKey
from elearn.workflows.mark_essays import Given
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import a_save, items_of, move_deadline
from tests.factories.essays import Board, make_essay
from tests.factories.keys import Silent

SCHEDULES = int(os.environ.get("ELEARN_SCHEDULES", "12"))
LETTERS = st.sampled_from("abcd")
_numbers = count(1)
LATER = (AttemptState.SUBMITTED, AttemptState.GRADED, AttemptState.VOIDED)


class Schedules(RuleBasedStateMachine):
    """One attempt of a choice (1 point) and an essay (10), and all that may befall it."""

    board: Board

    @initialize(passing=st.sampled_from([0, 10, 50, 100]))
    def begin(self, passing: int) -> None:
        board, number = self.board, next(_numbers)
        self.session = board.session
        self.session.rollback()
        self.choice, self.essay = f"chon-{number}", f"viet-{number}"
        make_question(self.session, self.choice)
        make_essay(self.session, self.essay)
        make_paper(
            self.session,
            f"de-{number}",
            sections=[{"title": "Chung", "questions": [self.choice, self.essay]}],
            # Marked twice always: by chance would make a schedule end otherwise when repeated.
            kind=PaperKind.FINAL,
            pass_percent=Decimal(passing),
        )
        self.learner = board.learner()
        self.attempt = take_quiz.start(self.learner, f"de-{number}")
        self.items = items_of(self.session, self.attempt)
        self.session.rollback()
        self.seq, self.right = 0, "a"
        self.state, self.expired, self.was_late = AttemptState.IN_PROGRESS, False, False
        self.answers: dict[str, str] = {}
        self.late: dict[str, str] = {}
        self.statuses: list[AnswerStatus] = []
        self.points: dict[str, Decimal] = {}
        self.grades: list[tuple] = []
        self.allowed_falls = 0
        self.markers = [board.first, board.second, board.third]
        self.reviewed = self.counted_late = False

    def _save(self, code: str, value: str) -> None:
        self.seq += 1
        saved = take_quiz.save_answers(
            self.learner, self.attempt, a_save(self.items[code], value, seq=self.seq)
        )
        self.session.rollback()
        in_time = self.state is AttemptState.IN_PROGRESS and not self.expired
        expected = AnswerStatus.STORED if in_time else AnswerStatus.LATE
        assert [ack.status for ack in saved.acks] == [expected]
        self.statuses.append(expected)
        (self.answers if in_time else self.late)[code] = value
        if self.expired:
            self._ended()

    @rule(letter=LETTERS)
    def choose(self, letter: str) -> None:
        self._save(self.choice, letter)

    @rule(text=st.sampled_from(["Bài ngắn.", "Bài viết dài hơn một chút."]))
    def write(self, text: str) -> None:
        self._save(self.essay, text)

    @rule()
    def submit(self) -> None:
        take_quiz.submit(self.learner, self.attempt)
        self._ended()

    @precondition(lambda self: self.state is AttemptState.IN_PROGRESS)
    @rule()
    def extend(self) -> None:
        move_deadline(self.session, self.attempt, 600)
        self.expired = False

    @precondition(lambda self: self.state is AttemptState.IN_PROGRESS)
    @rule()
    def pass_the_deadline(self) -> None:
        move_deadline(self.session, self.attempt, -1)
        self.expired = True

    @rule()
    def sweep(self) -> None:
        take_quiz.close_overdue()
        self.session.rollback()
        if self.expired:
            self._ended()

    def _ended(self) -> None:
        self.session.rollback()
        if self.state is not AttemptState.IN_PROGRESS:
            return
        self.points[self.choice] = Decimal(self.answers.get(self.choice) in {*self.right})
        self.points[self.essay] = Decimal(0)
        waits = self.essay in self.answers
        self.state = AttemptState.SUBMITTED if waits else AttemptState.GRADED

    @precondition(lambda self: self.state is AttemptState.SUBMITTED and self.markers)
    @rule(first=st.integers(0, 16), second=st.integers(0, 24))
    def mark(self, first: int, second: int) -> None:
        marker = self.markers.pop()
        token = self.session.scalars(
            select(MarkingTask.token).where(MarkingTask.attempt_id == self.attempt)
        ).one()
        self.session.rollback()
        taken = mark_essays.take(marker)
        while taken != token and taken is not None:
            mark_essays.give_back(marker, taken)
            taken = mark_essays.take(marker)
        points = (str(Decimal(first) / 4), str(Decimal(second) / 4))
        graded = mark_essays.mark(marker, token, Given(points, ""))
        self.session.rollback()
        if graded:
            shares = list(
                self.session.scalars(
                    select(EssayMark.share)
                    .join(MarkingTask, MarkingTask.id == EssayMark.task_id)
                    .where(MarkingTask.attempt_id == self.attempt)
                    .order_by(EssayMark.place)
                )
            )
            self.session.rollback()
            share = shares[2] if len(shares) == 3 else sum(shares) / len(shares)
            self.points[self.essay] = share * 10
            # Whatever key holds when the last mark is given judges the choice.
            self.points[self.choice] = Decimal(self.answers.get(self.choice) in {*self.right})
            self.state = AttemptState.GRADED

    @precondition(lambda self: self.state is not AttemptState.VOIDED)
    @rule(right=LETTERS, may_lower=st.booleans(), killed=st.booleans())
    def correct_the_key(self, right: str, may_lower: bool, killed: bool) -> None:
        if {right} == {*self.right}:
            return
        given = GivenKey(Treatment.KEY, {"right": [right]}, "Đáp án sai.")
        correction, _ = change_keys.propose(self.board.first, self.choice, 1, given, now=utc_now())
        change_keys.preview({"correction_id": correction}, Silent())
        change_keys.approve(
            self.board.third, correction, may_lower=may_lower, reason="Đúng.", now=utc_now()
        )
        if killed and self.state is AttemptState.GRADED:
            with pytest.raises(KeyboardInterrupt):
                change_keys.regrade({"correction_id": correction}, _Dies())
        change_keys.regrade({"correction_id": correction}, Silent())
        self.session.rollback()
        self.right = right
        if self.state is AttemptState.GRADED:
            self._regraded(may_lower=may_lower)

    def _regraded(self, *, may_lower: bool) -> None:
        counted = {**self.answers, **(self.late if self.counted_late else {})}
        new = Decimal(counted.get(self.choice) in {*self.right})
        old = self.points[self.choice]
        floor = old if self.reviewed else Decimal(0)
        if self.reviewed:
            new = max(new, self.review_points)
        if new < old and not may_lower:
            return
        self.allowed_falls += new < old
        assert floor >= 0
        self.points[self.choice] = new

    @precondition(lambda self: self.state is AttemptState.GRADED and not self.reviewed)
    @rule(points=st.sampled_from(["0", "0.5", "1"]))
    def review(self, points: str) -> None:
        review_scores.ask(self.learner, self.attempt, [], "Xin xem lại.")
        line = review_scores.open_desk(self.learner, self.attempt).review
        assert line is not None
        item = self.items[self.choice]
        review_scores.decide(self.board.third, line.id, {item: points}, "Đã xem.")
        self.session.rollback()
        self.reviewed, self.review_points = True, Decimal(points)
        self.allowed_falls += self.review_points < self.points[self.choice]
        self.points[self.choice] = self.review_points

    @precondition(lambda self: self.state is AttemptState.GRADED and not self.counted_late)
    @rule()
    def count_late(self) -> None:
        person = self.learner.person_id
        assert person is not None
        if not self.late:
            with pytest.raises(Conflict):
                decide_attempts.count_late(
                    self.board.third, person, self.attempt, "Mất điện.", now=utc_now()
                )
            self.session.rollback()
            return
        decide_attempts.count_late(
            self.board.third, person, self.attempt, "Mất điện.", now=utc_now()
        )
        self.session.rollback()
        self.counted_late = True
        if self.choice in self.late and self.late[self.choice] != self.answers.get(self.choice):
            new = Decimal(self.late[self.choice] in {*self.right})
            self.allowed_falls += new < self.points[self.choice]
            self.points[self.choice] = new

    @precondition(lambda self: self.state is not AttemptState.VOIDED)
    @rule(sure=st.integers(0, 5))
    def void(self, sure: int) -> None:
        if sure:
            return
        person = self.learner.person_id
        assert person is not None
        decide_attempts.void(
            self.board.third, person, self.attempt, "Gian lận.", uses_up=True, now=utc_now()
        )
        self.session.rollback()
        self.state = AttemptState.VOIDED

    @invariant()
    def the_state_is_as_it_must_be(self) -> None:
        attempt = self.session.get_one(Attempt, self.attempt, populate_existing=True)
        assert attempt.state is self.state
        assert (attempt.submitted_at is not None) or self.state not in LATER[:2]
        self.session.rollback()

    @invariant()
    def every_answer_is_kept_with_its_fate(self) -> None:
        kept = self.session.scalars(
            select(AnswerEvent.status)
            .where(AnswerEvent.attempt_id == self.attempt)
            .order_by(AnswerEvent.client_seq)
        ).all()
        self.session.rollback()
        assert list(kept) == self.statuses

    @invariant()
    def grades_are_only_added(self) -> None:
        rows = self.session.scalars(
            select(Grade).where(Grade.attempt_id == self.attempt).order_by(Grade.number)
        ).all()
        found = [(row.number, row.score, row.max_score, row.passed, row.reason) for row in rows]
        self.session.rollback()
        assert found[: len(self.grades)] == self.grades
        assert [grade[0] for grade in found] == list(range(1, len(found) + 1))
        self.grades = found
        scores = [grade[1] for grade in found]
        falls = sum(after < before for before, after in pairwise(scores))
        assert falls <= self.allowed_falls
        if self.state is AttemptState.GRADED:
            assert abs(scores[-1] - sum(self.points.values())) <= Decimal("0.0001")
        elif self.state is not AttemptState.VOIDED:
            assert found == []

    @invariant()
    def no_correction_counts_twice(self) -> None:
        rows = self.session.execute(
            select(func.count(), func.count(RegradeOutcome.correction_id.distinct())).where(
                RegradeOutcome.attempt_id == self.attempt
            )
        ).one()
        self.session.rollback()
        assert rows[0] == rows[1]


class _Dies(Silent):
    def report(self, *_place: int) -> None:
        raise KeyboardInterrupt


def test_every_schedule_keeps_the_rules(session: Session) -> None:
    Schedules.board = Board(session)
    run_state_machine_as_test(
        Schedules,
        settings=settings(
            max_examples=SCHEDULES,
            stateful_step_count=14,
            deadline=None,
            database=None,
            # A schedule that fails is printed as it is: making it shorter takes minutes.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Essays are marked blind by the rubric, twice where it counts, and then grade the attempt."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.marking import queries
from elearn.assessment.marking.models import EssayMark, MarkingClaim, MarkingTask
from elearn.assessment.models import AttemptState, Grade, PaperKind
from elearn.infra.db import now as database_now
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.workflows import change_keys, decide_attempts, mark_essays
from elearn.workflows.mark_essays import Given
from tests.factories.essays import TEXT, Board
from tests.factories.keys import Silent
from tests.factories.org import make_unit
from tests.support.threads import at_once


@pytest.fixture
def board(session: Session) -> Board:
    return Board(session)


@pytest.fixture
def practice(session: Session) -> Board:
    """Return a board where one mark suffices."""
    return Board(session, kind=PaperKind.PRACTICE)


class TestStates:
    def test_an_attempt_with_an_essay_waits_for_its_marks(self, board: Board) -> None:
        attempt = board.write()
        assert (board.state(attempt), board.grade(attempt)) == (AttemptState.SUBMITTED, None)
        board.mark(board.first, "4", "6")
        assert board.state(attempt) is AttemptState.SUBMITTED
        assert board.mark(board.second, "3", "5.5")
        assert board.state(attempt) is AttemptState.GRADED
        assert board.grade(attempt) == (Decimal("10.25"), Decimal(11), True)

    def test_an_empty_essay_earns_nothing_and_needs_no_marker(self, board: Board) -> None:
        attempt = board.sit({"q1": "a"})
        assert board.state(attempt) is AttemptState.GRADED
        assert board.grade(attempt) == (Decimal(1), Decimal(11), False)
        assert board.session.scalar(select(func.count(MarkingTask.id))) == 0

    def test_an_essay_within_a_case_is_marked_beside_what_the_machine_grades(
        self, practice: Board
    ) -> None:
        attempt = practice.sit({"c1": {"0": "Có", "1": TEXT}}, paper="tinh-huong")
        assert practice.task().part == "1"
        practice.mark(practice.first, "2", "3")
        assert practice.grade(attempt) == (Decimal("2.5"), Decimal(4), True)

    def test_a_case_whose_essay_is_empty_is_graded_at_once(self, practice: Board) -> None:
        attempt = practice.sit({"c1": {"0": "Có"}}, paper="tinh-huong")
        assert practice.grade(attempt) == (Decimal(1), Decimal(4), False)

    def test_all_essays_of_an_attempt_must_be_marked(self, practice: Board) -> None:
        practice.paper("hai", ["e1", "c1"], PaperKind.PRACTICE)
        attempt = practice.sit({"e1": TEXT, "c1": {"1": TEXT}}, paper="hai")
        assert not practice.mark(practice.first, "4", "6")
        assert practice.state(attempt) is AttemptState.SUBMITTED
        assert practice.mark(practice.first, "4", "6")
        assert practice.grade(attempt) == (Decimal(13), Decimal(14), True)

    def test_a_void_attempt_is_never_marked(self, board: Board) -> None:
        learner = board.learner()
        attempt = board.write(learner)
        token = mark_essays.take(board.first)
        assert token is not None
        assert learner.person_id is not None
        decide_attempts.void(
            board.third, learner.person_id, attempt, "Gian lận.", uses_up=True, now=utc_now()
        )
        with pytest.raises(Conflict):
            mark_essays.mark(board.first, token, Given(("4", "6"), ""))
        assert mark_essays.take(board.second) is None

    def test_a_question_left_out_makes_nobody_wait(self, board: Board) -> None:
        attempt = board.write()
        given = change_keys.Given(Treatment.ANNULLED, {}, "Đề sai.")
        correction, _ = change_keys.propose(board.first, "e1", 1, given, now=utc_now())
        change_keys.preview({"correction_id": correction}, Silent())
        change_keys.approve(board.third, correction, may_lower=False, reason="Đúng.", now=utc_now())
        change_keys.regrade({"correction_id": correction}, Silent())
        assert board.grade(attempt) == (Decimal(1), Decimal(1), True)


class TestTwice:
    def test_two_near_marks_count_by_their_mean(self, board: Board) -> None:
        attempt = board.write()
        board.mark(board.first, "4", "6")
        board.mark(board.second, "3", "5")
        assert board.grade(attempt) == (Decimal(10), Decimal(11), True)

    def test_when_two_differ_a_third_decides_alone(self, board: Board) -> None:
        attempt = board.write()
        board.mark(board.first, "4", "6")
        assert not board.mark(board.second, "3", "4.25")
        assert (board.state(attempt), board.task().needed) == (AttemptState.SUBMITTED, 3)
        assert board.mark(board.third, "1", "1")
        assert board.grade(attempt) == (Decimal(3), Decimal(11), False)

    def test_nobody_gives_two_marks_to_one_essay(self, board: Board) -> None:
        board.write()
        board.mark(board.first, "4", "6")
        assert mark_essays.take(board.first) is None

    def test_lesser_papers_are_marked_twice_by_chance_only(self, session: Session) -> None:
        board = Board(session, kind=PaperKind.MODULE_TEST)
        for _ in range(30):
            board.write()
        needed = set(session.scalars(select(MarkingTask.needed)))
        assert needed == {1, 2}


class TestClaims:
    def test_two_who_take_at_the_same_moment_get_two_places(
        self, app: Flask, practice: Board
    ) -> None:
        for _ in range(3):
            practice.write()
        markers = [practice.marker() for _ in range(5)]
        practice.session.rollback()
        got = at_once(app, [lambda one=one: mark_essays.take(one) for one in markers])
        tokens = [token for token in got if token]
        assert not [one for one in got if isinstance(one, Exception)]
        assert len(tokens) == len(set(tokens)) == 3

    def test_two_who_mark_the_last_essays_at_once_grade_once(
        self, app: Flask, practice: Board
    ) -> None:
        practice.paper("hai", ["e1", "c1"], PaperKind.PRACTICE)
        attempt = practice.sit({"e1": TEXT, "c1": {"1": TEXT}}, paper="hai")
        markers = [practice.first, practice.second]
        tokens = [mark_essays.take(one) for one in markers]
        practice.session.rollback()
        got = at_once(
            app,
            [
                lambda one=one, token=token: mark_essays.mark(one, token, Given(("4", "6"), ""))
                for one, token in zip(markers, tokens, strict=True)
            ],
        )
        assert sorted(got) == [False, True]
        practice.session.rollback()
        assert practice.session.scalar(select(func.count(Grade.id))) == 1
        assert practice.state(attempt) is AttemptState.GRADED

    def test_who_holds_an_essay_goes_on_with_it(self, board: Board) -> None:
        board.write()
        board.write()
        assert mark_essays.take(board.first) == mark_essays.take(board.first)

    def _run_out(self, board: Board) -> None:
        past = database_now(board.session) - timedelta(seconds=1)
        board.session.execute(update(MarkingClaim).values(lease_until=past))
        board.session.commit()

    def test_a_lease_runs_out_and_the_place_goes_to_another(self, practice: Board) -> None:
        practice.write()
        token = mark_essays.take(practice.first)
        assert token is not None
        assert mark_essays.take(practice.second) is None
        self._run_out(practice)
        assert mark_essays.take(practice.second) == token
        with pytest.raises(NotFound, match="hết giờ giữ"):
            mark_essays.mark(practice.first, token, Given(("4", "6"), ""))

    def test_a_late_mark_counts_while_nobody_took_the_place(self, practice: Board) -> None:
        practice.write()
        token = mark_essays.take(practice.first)
        assert token is not None
        self._run_out(practice)
        assert mark_essays.mark(practice.first, token, Given(("4", "6"), ""))

    def test_looking_at_it_renews_the_lease(self, practice: Board) -> None:
        practice.write()
        token = mark_essays.take(practice.first)
        assert token is not None
        self._run_out(practice)
        mark_essays.open_essay(practice.first, token)
        assert mark_essays.take(practice.second) is None

    def test_an_essay_given_back_is_free(self, practice: Board) -> None:
        practice.write()
        token = mark_essays.take(practice.first)
        assert token is not None
        mark_essays.give_back(practice.first, token)
        assert mark_essays.take(practice.second) == token


class TestWho:
    def test_nobody_marks_his_own_essay(self, board: Board) -> None:
        learner = board.learner()
        board.write(learner)
        own = replace(board.marker(Role.REVIEWER), person_id=learner.person_id)
        assert mark_essays.take(own) is None
        assert mark_essays.open_queue(own).open_for_me == 0

    def test_markers_get_essays_of_their_units_only(self, board: Board) -> None:
        board.write()
        elsewhere = board.marker(Role.AUTHOR, make_unit(board.session, "X"))
        assert mark_essays.take(elsewhere) is None
        assert mark_essays.open_queue(elsewhere).total == 0
        assert mark_essays.take(board.marker(Role.AUTHOR, board.unit)) is not None

    def test_an_essay_that_another_holds_is_not_there(self, board: Board) -> None:
        board.write()
        token = mark_essays.take(board.first)
        assert token is not None
        for act in (
            lambda: mark_essays.open_essay(board.second, token),
            lambda: mark_essays.give_back(board.second, token),
            lambda: mark_essays.mark(board.second, token, Given(("4", "6"), "")),
        ):
            with pytest.raises(NotFound):
                act()

    @pytest.mark.parametrize("role", [Role.LEARNER, Role.HR, Role.LEADER, Role.ADMIN])
    def test_other_roles_do_not_mark(self, board: Board, role: Role) -> None:
        board.write()
        with pytest.raises(Forbidden):
            mark_essays.take(board.marker(role))


def test_the_marker_sees_question_rubric_and_answer_and_nobody(board: Board) -> None:
    board.write()
    token = mark_essays.take(board.first)
    assert token is not None
    essay = mark_essays.open_essay(board.first, token)
    assert essay.text == TEXT
    assert [line.criterion for line in essay.rubric] == ["Nêu đúng mục tiêu", "Lập luận, ví dụ"]
    assert "Quàng" not in repr(essay)
    assert "Chim Yến" not in repr(essay)


@pytest.mark.parametrize(
    "points", [("5", "0"), ("-1", "0"), ("4",), ("4", "6", "0"), ("1.1", "0"), ("x", "0"), ("", "")]
)
def test_points_keep_to_the_rubric(practice: Board, points: tuple[str, ...]) -> None:
    practice.write()
    with pytest.raises(Invalid):
        practice.mark(practice.first, *points)
    assert practice.session.scalar(select(func.count(EssayMark.id))) == 0


def test_marks_are_added_with_points_comment_and_time(practice: Board) -> None:
    practice.write()
    practice.mark(practice.first, "3,5", "0", comment="Thiếu ví dụ.")
    mark = practice.session.scalars(select(EssayMark)).one()
    assert (mark.points, mark.share, mark.comment) == (
        ["3.5", "0"],
        Decimal("0.35"),
        "Thiếu ví dụ.",
    )


def test_the_queue_shows_how_far_it_is(board: Board) -> None:
    board.write()
    board.write()
    board.mark(board.first, "4", "6")
    board.mark(board.second, "4", "6")
    queue = mark_essays.open_queue(board.first)
    assert queue.marked_by_me == 1
    assert queue.total == 2
    assert queue.settled + queue.open_for_me in (1, 2)


def test_after_the_marks_the_examinee_may_see_what_counted(board: Board) -> None:
    attempt = board.write()
    board.mark(board.first, "4", "6", comment="Tốt.")
    board.mark(board.second, "3", "5", comment="Đủ ý.")
    (shown,) = next(iter(queries.marks_shown(board.session, attempt).values()))
    assert [points for _, points in shown.lines] == [Decimal("3.5"), Decimal("5.5")]
    assert shown.comments == ("Tốt.", "Đủ ý.")

"""A wrong key is put right: preview, four eyes, regrade that appends and never lowers unasked."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.domain.grading import Treatment
from elearn.assessment.models import Attempt, AttemptState, Grade, Question
from elearn.assessment.regrading import queries, slices
from elearn.assessment.regrading.models import Change, RegradeOutcome
from elearn.certificates.models import Certificate, CertificateDoubt
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.org.models import Person
from elearn.progress.models import ProgrammeCompletion
from elearn.workflows import change_keys, decide_attempts, manage_certificates, take_quiz
from elearn.workflows.change_keys import Given
from tests.factories.assessment import make_question_version
from tests.factories.attempts import a_save, items_of, move_deadline
from tests.factories.curriculum import make_lesson, make_module, make_programme
from tests.factories.keys import WHY, Hall, Silent
from tests.factories.org import make_duty, make_unit
from tests.factories.progress import make_mark
from tests.support.accounts import Visitor
from tests.support.statements import recorded


@pytest.fixture
def hall(session: Session) -> Hall:
    return Hall(session)


def test_who_answered_rightly_is_raised_and_passes(app: Flask, hall: Hall) -> None:
    attempt = hall.sit("babb")
    hall.correct(app)
    assert hall.grades(attempt) == [
        (Decimal(1), Decimal(4), False, "examinee"),
        (Decimal(2), Decimal(4), True, "regraded"),
    ]


def test_who_would_lose_keeps_the_score_and_that_is_recorded(app: Flask, hall: Hall) -> None:
    attempt = hall.sit("aabb")
    correction = hall.correct(app)
    assert hall.grades(attempt) == [(Decimal(2), Decimal(4), True, "examinee")]
    outcome = hall.session.scalars(select(RegradeOutcome)).one()
    assert (outcome.change, outcome.score_after, outcome.grade_number) == (
        Change.KEPT,
        Decimal(1),
        None,
    )
    assert queries.count_changes(hall.session, correction)["kept"] == 1


def test_scores_fall_only_by_a_recorded_decision(app: Flask, hall: Hall) -> None:
    attempt = hall.sit("aabb")
    correction = hall.correct(app, may_lower=True)
    assert hall.grades(attempt)[-1] == (Decimal(1), Decimal(4), False, "regraded")
    assert queries.get_decision(hall.session, correction).may_lower
    approved = hall.session.scalars(
        select(AuditEntry).where(AuditEntry.act == "keys.approve")
    ).one()
    assert approved.details["may_lower"] is True


def test_any_answer_counts_but_no_answer_does_not(app: Flask, hall: Hall) -> None:
    answered, silent = hall.sit("cbbb"), hall.sit("-abb")
    hall.correct(app, treatment=Treatment.ANY_ANSWER)
    assert (hall.score(answered), hall.score(silent)) == (Decimal(1), Decimal(1))
    assert len(hall.grades(silent)) == 1


def test_a_question_left_out_leaves_the_maximum(app: Flask, hall: Hall) -> None:
    wrong, right, all_right = hall.sit("babb"), hall.sit("abbb"), hall.sit("aaaa")
    hall.correct(app, treatment=Treatment.ANNULLED)
    assert hall.grades(wrong)[-1][:2] == (Decimal(1), Decimal(3))
    assert hall.grades(right) == [(Decimal(1), Decimal(4), False, "examinee")]
    assert hall.grades(all_right)[-1][:3] == (Decimal(3), Decimal(3), True)
    changes = dict(
        hall.session.execute(select(RegradeOutcome.attempt_id, RegradeOutcome.change)).all()
    )
    assert changes == {
        wrong: Change.RAISED,
        right: Change.KEPT,
        all_right: Change.RESTATED,
    }


def test_a_paper_is_never_left_out_whole(app: Flask, session: Session) -> None:
    hall = Hall(session, questions=1)
    attempt = hall.sit("b")
    hall.correct(app, treatment=Treatment.ANNULLED)
    assert hall.grades(attempt) == [(Decimal(0), Decimal(1), False, "examinee")]


def test_several_options_may_be_right_by_now(app: Flask, hall: Hall) -> None:
    first, second = hall.sit("abbb"), hall.sit("bbbb")
    hall.correct(app, right="ab")
    assert (hall.score(first), hall.score(second)) == (Decimal(1), Decimal(1))


def test_the_preview_tells_who_changes_and_how(app: Flask, hall: Hall) -> None:
    hall.sit("babb")
    hall.sit("aabb")
    hall.sit("cabb")
    other = hall.learner(make_unit(hall.session, "X"), name="Cầm Nơi Khác")
    hall.sit("baab", other)
    correction = hall.propose()
    preview = queries.find_preview(hall.session, correction)
    assert preview is not None
    counted = (
        preview.attempts,
        preview.people,
        preview.raised,
        preview.lowered,
        preview.newly_passed,
        preview.newly_failed,
    )
    assert counted == (4, 3, 2, 1, 1, 1)
    assert hall.session.scalar(select(func.count(Grade.id))) == 4


def test_attempts_handed_in_later_are_graded_by_the_corrected_key(app: Flask, hall: Hall) -> None:
    running = hall.learner()
    attempt = hall.begin(running, "bbbb")
    hall.correct(app)
    take_quiz.submit(running, attempt)
    assert hall.grades(attempt) == [(Decimal(1), Decimal(4), False, "examinee")]
    assert hall.score(hall.sit("bbbb")) == Decimal(1)


def test_a_new_version_has_the_key_it_was_published_with(app: Flask, hall: Hall) -> None:
    hall.correct(app)
    question = hall.session.scalars(select(Question).where(Question.code == "q1")).one()
    old = queries.get_version(hall.session, "q1", 1)
    make_question_version(hall.session, question, body=old.body)
    assert hall.score(hall.sit("abbb")) == Decimal(1)


def test_late_answers_counted_by_decision_still_count_after_a_regrade(
    app: Flask, hall: Hall
) -> None:
    learner = hall.learner()
    attempt = hall.begin(learner, "aabb")
    move_deadline(hall.session, attempt, -1)
    item = items_of(hall.session, attempt)["q1"]
    take_quiz.save_answers(learner, attempt, a_save(item, "b", seq=9))
    take_quiz.close_overdue()
    assert learner.person_id is not None
    decide_attempts.count_late(hall.officer, learner.person_id, attempt, "Mất điện.", now=utc_now())
    assert hall.score(attempt) == Decimal(1)
    hall.correct(app)
    last = hall.session.scalars(select(Grade).order_by(Grade.number.desc())).first()
    assert last is not None
    assert (last.score, last.late_counted, last.reason) == (Decimal(2), True, "regraded")


def test_void_attempts_are_never_regraded(app: Flask, hall: Hall) -> None:
    attempt = hall.sit("babb")
    hall.session.get_one(Attempt, attempt).state = AttemptState.VOIDED
    hall.session.commit()
    hall.correct(app)
    assert len(hall.grades(attempt)) == 1
    assert hall.session.scalar(select(func.count(RegradeOutcome.id))) == 0


def test_two_corrections_of_one_paper_add_up(app: Flask, hall: Hall) -> None:
    attempt = hall.sit("abbb")
    hall.correct(app)  # would take q1 away: kept
    hall.correct(app, code="q2")
    assert [grade[0] for grade in hall.grades(attempt)] == [Decimal(1), Decimal(2)]


def test_a_correction_corrected_gives_back_what_was_kept(app: Flask, hall: Hall) -> None:
    attempt, other = hall.sit("abbb"), hall.sit("bbbb")
    hall.correct(app)
    hall.correct(app, right="a")
    assert len(hall.grades(attempt)) == 1
    assert [grade[0] for grade in hall.grades(other)] == [Decimal(0), Decimal(1)]


class TestWho:
    def test_the_proposer_does_not_approve(self, hall: Hall) -> None:
        hall.sit("babb")
        correction = hall.propose(by=hall.reviewer)
        with pytest.raises(Forbidden, match="người khác"):
            hall.approve(correction, by=hall.reviewer)

    def test_another_reviewer_may_approve_but_not_lower(self, hall: Hall) -> None:
        hall.sit("aabb")
        correction = hall.propose()
        with pytest.raises(Forbidden, match="hạ điểm"):
            hall.approve(correction, by=hall.reviewer, may_lower=True)
        hall.approve(correction, by=hall.reviewer)

    def test_an_officer_lowers_nobody_outside_his_units(self, hall: Hall) -> None:
        hall.sit("aabb", hall.learner(make_unit(hall.session, "X")))
        correction = hall.propose()
        with pytest.raises(Forbidden, match="1 người"):
            hall.approve(correction, may_lower=True)

    def test_nobody_approves_what_changes_his_own_score(self, hall: Hall) -> None:
        learner = hall.learner()
        hall.sit("babb", learner)
        correction = hall.propose()
        both = Hall.holder(hall, Role.REVIEWER)
        own = type(both)(both.user_id, both.name, learner.person_id, both.grants)
        with pytest.raises(Forbidden, match="chính bạn"):
            hall.approve(correction, by=own)

    @pytest.mark.parametrize("role", [Role.LEARNER, Role.HR, Role.PROGRAMME_OFFICER, Role.ADMIN])
    def test_others_do_not_propose(self, hall: Hall, role: Role) -> None:
        with pytest.raises(Forbidden):
            hall.propose(by=hall.holder(role))

    @pytest.mark.parametrize("role", [Role.LEARNER, Role.HR, Role.AUTHOR, Role.ADMIN])
    def test_others_do_not_approve(self, hall: Hall, role: Role) -> None:
        correction = hall.propose()
        with pytest.raises(Forbidden):
            hall.approve(correction, by=hall.holder(role))

    def test_only_the_proposer_withdraws(self, hall: Hall) -> None:
        correction = hall.propose()
        with pytest.raises(NotFound):
            change_keys.withdraw(hall.reviewer, correction, now=utc_now())
        change_keys.withdraw(hall.author, correction, now=utc_now())
        with pytest.raises(Conflict):
            hall.approve(correction)


class TestRefused:
    def test_approval_without_preview(self, hall: Hall) -> None:
        given = Given(Treatment.ANNULLED, {}, WHY)
        correction, _ = change_keys.propose(hall.author, "q1", 1, given, now=utc_now())
        with pytest.raises(Conflict, match="xem trước"):
            hall.approve(correction)

    def test_a_second_proposal_while_one_waits_or_runs(self, hall: Hall) -> None:
        correction = hall.propose()
        with pytest.raises(Conflict):
            hall.propose(right="c")
        hall.approve(correction)
        with pytest.raises(Conflict):
            hall.propose(right="c")

    def test_the_same_key_again(self, hall: Hall) -> None:
        with pytest.raises(Invalid, match="không khác"):
            hall.propose(right="a")

    @pytest.mark.parametrize("right", ["", "z"])
    def test_no_right_option_or_an_unknown_one(self, hall: Hall, right: str) -> None:
        with pytest.raises(Invalid):
            hall.propose(right=right)

    def test_no_reason(self, hall: Hall) -> None:
        given = Given(Treatment.ANNULLED, {}, "  ")
        with pytest.raises(Invalid, match="lý do"):
            change_keys.propose(hall.author, "q1", 1, given, now=utc_now())

    def test_an_unknown_version(self, hall: Hall) -> None:
        given = Given(Treatment.ANNULLED, {}, WHY)
        with pytest.raises(NotFound):
            change_keys.propose(hall.author, "q1", 9, given, now=utc_now())

    def test_a_decision_twice(self, hall: Hall) -> None:
        correction = hall.propose()
        change_keys.reject(hall.officer, correction, "Đáp án cũ đúng.", now=utc_now())
        with pytest.raises(Conflict):
            hall.approve(correction)


class TestKilled:
    """The job stops between slices and in the middle of one, and is run again."""

    @pytest.fixture
    def waiting(self, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[int]]:
        monkeypatch.setattr(slices, "SLICE", 2)
        monkeypatch.setattr(slices.list_slice, "__kwdefaults__", {"size": 2})
        attempts = [hall.sit(answers) for answers in ("bbbb", "abbb", "cbbb", "bbbb", "babb")]
        correction = hall.propose()
        hall.approve(correction)
        return correction, attempts

    def _finished(self, hall: Hall, waiting: tuple[int, list[int]]) -> None:
        correction, attempts = waiting
        change_keys.regrade({"correction_id": correction}, Silent())
        assert [len(hall.grades(attempt)) for attempt in attempts] == [2, 1, 1, 2, 2]
        assert sum(hall.score(attempt) for attempt in attempts) == Decimal(5)
        assert hall.session.scalar(select(func.count(RegradeOutcome.id))) == 5
        done = hall.session.scalars(select(AuditEntry).where(AuditEntry.act == "keys.regrade"))
        assert len(done.all()) == 1

    def test_between_slices(self, hall: Hall, waiting: tuple[int, list[int]]) -> None:
        class Dies(Silent):
            def report(self, *_place: int) -> None:
                raise KeyboardInterrupt

        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                change_keys.regrade({"correction_id": waiting[0]}, Dies())
        self._finished(hall, waiting)

    def test_in_a_slice_after_the_grades_were_written(
        self, hall: Hall, waiting: tuple[int, list[int]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dies(*_args: object) -> int:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(queries, "count_outcomes", dies)
            with pytest.raises(KeyboardInterrupt):
                change_keys.regrade({"correction_id": waiting[0]}, Silent())
        assert hall.session.scalar(select(func.count(RegradeOutcome.id))) == 0
        self._finished(hall, waiting)

    def test_running_it_again_changes_nothing(
        self, hall: Hall, waiting: tuple[int, list[int]]
    ) -> None:
        self._finished(hall, waiting)
        self._finished(hall, waiting)


def test_an_attempt_graded_behind_the_cursor_is_caught_up(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = hall.sit("bbbb"), hall.sit("bbbb")
    correction = hall.propose()
    hall.approve(correction)
    hidden = hall.session.get_one(Attempt, first)
    hidden.state = AttemptState.SUBMITTED
    hall.session.commit()

    class Grades(Silent):
        def report(self, *_place: int) -> None:
            hall.session.get_one(Attempt, first).state = AttemptState.GRADED
            hall.session.commit()

    change_keys.regrade({"correction_id": correction}, Grades())
    assert (hall.score(first), hall.score(second)) == (Decimal(1), Decimal(1))


def test_a_slice_takes_few_statements(hall: Hall) -> None:
    for _ in range(2):
        hall.sit("babb")
    correction = hall.propose()
    hall.approve(correction)
    with recorded() as few:
        change_keys.regrade({"correction_id": correction}, Silent())
    # Raised, kept and unchanged ones alternate: some rows have a grade and some have none.
    for _ in range(4):
        for answers in ("cabb", "babb", "dabb"):
            hall.sit(answers)
    again = hall.propose(right="c")
    hall.approve(again)
    with recorded() as many:
        change_keys.regrade({"correction_id": again}, Silent())
    assert len(many) <= len(few)


class Course:
    """A module whose test is the paper, in a programme that gives a certificate."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        module = make_module(hall.session, test_paper_code="de")
        self.lesson = make_lesson(hall.session, module)
        make_programme(hall.session, modules=(module,), scope_unit_code="T", period_to=None)

    def student(self):
        learner = self.hall.learner()
        person = self.hall.session.get_one(Person, learner.person_id)
        make_duty(self.hall.session, person, self.hall.unit)
        make_mark(self.hall.session, person, self.lesson)
        return learner

    def count(self, table: type) -> int:
        self.hall.session.rollback()
        return len(self.hall.session.scalars(select(table)).all())


@pytest.fixture
def course(hall: Hall) -> Course:
    return Course(hall)


def test_who_newly_passes_completes_and_gets_his_certificate(app: Flask, course: Course) -> None:
    course.hall.sit("babb", course.student())
    assert course.count(ProgrammeCompletion) == 0
    course.hall.correct(app)
    assert (course.count(ProgrammeCompletion), course.count(Certificate)) == (1, 1)


def test_certificates_of_those_who_pass_no_more_are_flagged(app: Flask, course: Course) -> None:
    student = course.student()
    attempt = course.hall.sit("aabb", student)
    assert course.count(Certificate) == 1
    correction = course.hall.correct(app, may_lower=True)
    doubt = course.hall.session.scalars(select(CertificateDoubt)).one()
    assert (doubt.attempt_id, doubt.correction_id) == (attempt, correction)
    change_keys.regrade({"correction_id": correction}, Silent())
    assert course.count(CertificateDoubt) == 1


def test_no_flag_where_nothing_was_lowered_or_another_attempt_passes(
    app: Flask, course: Course
) -> None:
    student, kept = course.student(), course.student()
    course.hall.sit("aabb", student)
    course.hall.sit("aaab", student)
    course.hall.correct(app, may_lower=True)
    assert course.count(CertificateDoubt) == 0
    course.hall.sit("baab", kept)
    course.hall.correct(app, right="a")
    assert course.count(CertificateDoubt) == 0


def test_an_officer_keeps_a_certificate_in_doubt_with_his_reason(
    app: Flask, course: Course, visitor: Visitor
) -> None:
    hall = course.hall
    hall.sit("aabb", course.student())
    hall.correct(app, may_lower=True)
    doubt = hall.session.scalars(select(CertificateDoubt)).one()
    hall.session.rollback()
    officer = visitor.as_user(hall.session.get_one(User, hall.officer.user_id))
    assert WHY in officer.get("/officer/certificates/doubts").text
    assert "Cần xem lại" in officer.get("/officer/certificates").text
    elsewhere = hall.holder(Role.PROGRAMME_OFFICER, make_unit(hall.session, "X"))
    with pytest.raises(NotFound):
        manage_certificates.keep_doubted(elsewhere, doubt.id, "Giữ.", now=utc_now())
    officer.post(f"/officer/certificates/doubts/{doubt.id}/keep", data={"note": "Đã học đủ."})
    assert "Không có chứng nhận nào" in officer.get("/officer/certificates/doubts").text
    kept = hall.session.scalars(select(AuditEntry).where(AuditEntry.act == "certificate.keep"))
    assert kept.one().reason == "Đã học đủ."
    with pytest.raises(Conflict):
        manage_certificates.keep_doubted(hall.officer, doubt.id, "Giữ.", now=utc_now())

"""From sat papers to stored figures, by the job."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.models import (
    AnswerEvent,
    Attempt,
    AttemptSource,
    AttemptState,
    Grade,
    PaperVersion,
    Question,
)
from elearn.assessment.regrading.models import CorrectionDecision, DecisionKind, KeyCorrection
from elearn.assessment.statistics.models import (
    ItemStatistic,
    PaperStatistic,
    Reliability,
    StatisticScope,
)
from elearn.infra.models import Job, JobState
from elearn.kernel.clock import utc_now
from elearn.worker.schedule import EVERY_DAY
from elearn.workflows import item_statistics
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import make_device, make_learner, sit
from tests.factories.org import actor_of, make_user
from tests.factories.statistics import make_held_round
from tests.support.statements import recorded

FIXED = [{"title": "Chung", "questions": ["q1", "q2", "q3"]}]
# Scores 3, 2, 1, 0 of three questions whose key is a; the last leaves q3 unanswered.
ANSWERS = (
    {"q1": "a", "q2": "a", "q3": "a"},
    {"q1": "a", "q2": "a", "q3": "b"},
    {"q1": "a", "q2": "c", "q3": "b"},
    {"q1": "d", "q2": "c"},
)
Compute = Callable[[], Job]


@pytest.fixture
def compute(app: Flask, session: Session, run_jobs: Callable[[], int]) -> Compute:
    """Return what asks for the figures and does the job."""

    def act() -> Job:
        job_id = item_statistics.request_nightly(now=utc_now())
        run_jobs()
        session.rollback()
        return session.get_one(Job, job_id, populate_existing=True)

    return act


@pytest.fixture
def paper(session: Session) -> PaperVersion:
    for code in ("q1", "q2", "q3"):
        make_question(session, code)
    version_id = make_paper(session, "de", sections=FIXED).published_version_id
    return session.get_one(PaperVersion, version_id)


def sit_all(session: Session) -> list[int]:
    return [sit(session, "de", answers) for answers in ANSWERS]


def item(
    session: Session, code: str, scope: StatisticScope = StatisticScope.ALL, scope_id: int = 0
) -> ItemStatistic | None:
    return session.scalars(
        select(ItemStatistic)
        .join(Question, Question.published_version_id == ItemStatistic.question_version_id)
        .where(
            Question.code == code,
            ItemStatistic.scope == scope,
            ItemStatistic.scope_id == scope_id,
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def test_figures_of_a_question(session: Session, paper: PaperVersion, compute: Compute) -> None:
    sit_all(session)
    job = compute()
    assert job.state is JobState.DONE
    assert job.result == {"questions": 3, "attempts": 4}
    assert (job.progress_done, job.progress_total) == (4, 4)
    found = item(session, "q2")
    assert found is not None
    assert (found.n, found.omitted, found.facility, found.exposure) == (4, 0, 0.5, 1.0)
    assert found.discrimination == pytest.approx(0.7071, abs=1e-4)
    assert found.options == {"a": [0, 0, 1, 1], "c": [1, 1, 0, 0]}
    assert found.groups == [1, 1, 1, 1]
    last = item(session, "q3")
    assert last is not None
    assert (last.omitted, last.facility) == (1, 0.25)
    assert last.options == {"a": [0, 0, 0, 1], "b": [0, 1, 1, 0]}
    assert last.timed == 3


def test_figures_of_a_paper(session: Session, paper: PaperVersion, compute: Compute) -> None:
    sit_all(session)
    compute()
    found = session.scalars(select(PaperStatistic)).one()
    assert (found.scope, found.scope_id, found.n, found.passed) == (
        StatisticScope.PAPER, paper.id, 4, 2,
    )  # fmt: skip
    assert found.mean == pytest.approx(50)
    assert found.method is Reliability.ALPHA
    assert found.reliability == pytest.approx(0.75)


def test_the_same_stands_for_the_paper_version(
    session: Session, paper: PaperVersion, compute: Compute
) -> None:
    sit_all(session)
    compute()
    found = item(session, "q1", StatisticScope.PAPER, paper.id)
    assert found is not None
    assert (found.n, found.facility) == (4, 0.75)


def test_the_last_answer_counts(session: Session, paper: PaperVersion, compute: Compute) -> None:
    attempt_id = sit(session, "de", {"q1": "a"})
    first = session.scalars(select(AnswerEvent).where(AnswerEvent.attempt_id == attempt_id)).one()
    session.add(
        AnswerEvent(
            attempt_id=attempt_id,
            item_id=first.item_id,
            epoch=first.epoch,
            client_seq=first.client_seq + 1,
            uuid="00000000-0000-0000-0000-000000000001",
            value="b",
            status=first.status,
            received_at=first.received_at + timedelta(seconds=30),
        )
    )
    session.commit()
    compute()
    found = item(session, "q1")
    assert found is not None
    assert found.options == {"b": [1, 0, 0, 0]}
    assert found.seconds == pytest.approx(30, rel=0.2)


def test_only_the_first_attempt_of_a_person_counts(
    session: Session, paper: PaperVersion, compute: Compute
) -> None:
    device = make_device(session, make_learner(session))
    sit(session, "de", {"q1": "b"}, device=device)
    sit(session, "de", {"q1": "a"}, device=device)
    compute()
    found = item(session, "q1")
    assert found is not None
    assert (found.n, found.facility) == (1, 0)


def test_a_voided_attempt_never_counts(
    session: Session, paper: PaperVersion, compute: Compute
) -> None:
    sit(session, "de", {"q1": "a"})
    voided = sit(session, "de", {"q1": "b"})
    session.execute(update(Attempt).where(Attempt.id == voided).values(state=AttemptState.VOIDED))
    session.commit()
    compute()
    found = item(session, "q1")
    assert found is not None
    assert (found.n, found.facility) == (1, 1)


def test_an_attempt_on_paper_counts_without_time(
    session: Session, paper: PaperVersion, compute: Compute
) -> None:
    on_paper = sit(session, "de", {"q1": "a"})
    session.execute(
        update(Attempt).where(Attempt.id == on_paper).values(source=AttemptSource.PAPER)
    )
    session.commit()
    compute()
    found = item(session, "q1")
    assert found is not None
    assert (found.n, found.timed, found.seconds) == (1, 0, None)
    assert session.scalars(select(PaperStatistic.seconds)).one() is None


def test_the_last_grade_counts(session: Session, paper: PaperVersion, compute: Compute) -> None:
    attempt_id = sit(session, "de", {"q1": "b", "q2": "a"})
    grade = session.scalars(select(Grade).where(Grade.attempt_id == attempt_id)).one()
    session.add(
        Grade(
            attempt_id=attempt_id,
            number=2,
            score=3,
            max_score=3,
            passed=True,
            item_scores=dict.fromkeys(grade.item_scores, "1.0000"),
            reason="regrade",
            graded_at=utc_now(),
        )
    )
    session.commit()
    compute()
    found = item(session, "q1")
    assert found is not None
    assert found.facility == 1


def test_an_annulled_question_counts_nowhere(
    session: Session, paper: PaperVersion, compute: Compute
) -> None:
    sit_all(session)
    user = make_user(session)
    asked = session.scalars(select(Question).where(Question.code == "q3")).one()
    correction = KeyCorrection(
        question_version_id=asked.published_version_id,
        treatment=Treatment.ANNULLED,
        reason="Hai đáp án đúng.",
        proposed_by=user.id,
        proposed_at=utc_now(),
    )
    session.add(correction)
    session.flush()
    session.add(
        CorrectionDecision(
            correction_id=correction.id,
            kind=DecisionKind.APPROVED,
            decided_by=user.id,
            decided_at=utc_now(),
        )
    )
    session.commit()
    compute()
    assert item(session, "q3") is None
    # Without q3 the rests of q1 (1 1 1 0) are the shares of q2: 1 1 0 0.
    found = item(session, "q1")
    assert found is not None
    assert found.discrimination == pytest.approx(0.5774, abs=1e-4)


def test_figures_of_rounds_stand_apart(
    session: Session, paper: PaperVersion, compute: Compute
) -> None:
    first, second = (
        make_held_round(session, paper, closes_at=utc_now() - timedelta(days=days))
        for days in (60, 9)
    )
    attempts = sit_all(session)
    for attempt_id, held in zip(attempts, (first, second, second, second), strict=True):
        session.execute(update(Attempt).where(Attempt.id == attempt_id).values(round_id=held.id))
    session.commit()
    compute()
    whole, one, three = (
        item(session, "q1"),
        item(session, "q1", StatisticScope.ROUND, first.id),
        item(session, "q1", StatisticScope.ROUND, second.id),
    )
    assert whole is not None
    assert one is not None
    assert three is not None
    assert (whole.n, one.n, three.n) == (4, 1, 3)
    assert three.facility == pytest.approx(2 / 3)
    assert three.drift is None
    sat = session.scalars(select(PaperStatistic).order_by(PaperStatistic.n)).all()
    assert [(row.scope, row.n) for row in sat] == [
        (StatisticScope.ROUND, 1), (StatisticScope.ROUND, 3), (StatisticScope.PAPER, 4),
    ]  # fmt: skip


def test_what_is_no_longer_true_goes(
    session: Session, paper: PaperVersion, compute: Compute
) -> None:
    attempt_id = sit(session, "de", {"q1": "a"})
    compute()
    session.execute(
        update(Attempt).where(Attempt.id == attempt_id).values(state=AttemptState.VOIDED)
    )
    session.commit()
    compute()
    assert session.scalars(select(ItemStatistic)).all() == []
    assert session.scalars(select(PaperStatistic)).all() == []


def test_computing_twice_stores_the_same(
    session: Session, paper: PaperVersion, compute: Compute
) -> None:
    sit_all(session)
    compute()
    before = session.scalars(select(ItemStatistic.facility).order_by(ItemStatistic.facility)).all()
    compute()
    after = session.scalars(select(ItemStatistic.facility).order_by(ItemStatistic.facility)).all()
    assert before == after


def test_nothing_sat_is_nothing_stored(session: Session, compute: Compute) -> None:
    job = compute()
    assert job.state is JobState.DONE
    assert job.result == {"questions": 0, "attempts": 0}


def test_more_attempts_cost_no_more_statements(
    session: Session, paper: PaperVersion, compute: Compute
) -> None:
    sit_all(session)
    with recorded() as few:
        compute()
    sit_all(session)
    with recorded() as more:
        compute()
    assert len(more) == len(few)


def test_a_request_that_waits_is_not_made_twice(session: Session, app: Flask) -> None:
    actor = actor_of(make_learner(session))
    first = item_statistics.request(actor, now=utc_now())
    assert item_statistics.request(actor, now=utc_now()) == first


def test_every_night_the_figures_are_asked_for(session: Session, app: Flask) -> None:
    EVERY_DAY["compute_statistics"]()
    assert session.scalars(select(Job.kind)).all() == ["assessment.statistics"]

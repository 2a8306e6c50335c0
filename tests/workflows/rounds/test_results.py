"""The sums of a closed round: the best attempt counts, by unit, topic and place; voids do not."""

from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt
from elearn.assessment.rounds import result_queries
from elearn.assessment.rounds.entry import Shown
from elearn.assessment.rounds.models import Round, RoundKind, RoundPlace, RoundScore, TopicKind
from elearn.assessment.rounds.queries import get_managed
from elearn.infra.models import Job, JobState
from elearn.kernel.actor import Actor
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict
from elearn.kernel.paging import PageRequest
from elearn.workflows import manage_round_people, manage_rounds, take_quiz
from elearn.workflows.tally_rounds import tally
from tests.factories.attempts import a_save, items_of
from tests.factories.rounds import PAPER, Hall


def _sit(session: Session, device: Actor, *, right: bool, forecast: str = "") -> int:
    attempt_id = take_quiz.start(device, PAPER, Shown(forecast=forecast))
    item = items_of(session, attempt_id)["q1"]
    take_quiz.save_answers(device, attempt_id, a_save(item, "a" if right else "b"))
    take_quiz.submit(device, attempt_id)
    return attempt_id


def _view(hall: Hall, round_id: int):
    hall.session.rollback()
    return get_managed(hall.session, manage_rounds.scope_of(hall.officer, utc_now()), round_id)


def _by_unit(hall: Hall, round_id: int) -> dict[str, tuple[int, Decimal | None, int | None]]:
    view = _view(hall, round_id)
    scope = manage_rounds.scope_of(hall.officer, utc_now())
    lines = result_queries.scores_by_unit(hall.session, view, scope, hall.province.id)
    return {line.name: (line.people, line.percent, line.passed) for line in lines}


def test_units_of_five_or_more_show_their_results(hall: Hall, session: Session, run_jobs) -> None:
    many = [hall.device() for _ in range(5)]
    few = [hall.device(hall.other) for _ in range(4)]
    absent = hall.device()
    round_id = hall.plan()
    for number, device in enumerate([*many, *few]):
        _sit(session, device, right=number % 2 == 0)
    assert absent.person_id is not None
    hall.close(round_id)
    run_jobs()
    assert _by_unit(hall, round_id) == {
        "Xã Thử Hai": (4, None, None),
        "Xã Thử Một": (5, Decimal(60), 3),
    }


def test_results_wait_for_the_end_of_the_round(hall: Hall, session: Session, run_jobs) -> None:
    device = hall.device()
    round_id = hall.plan()
    _sit(session, device, right=True)
    with pytest.raises(Conflict, match=r"round\.not_closed_yet"):
        _by_unit(hall, round_id)
    with pytest.raises(Conflict, match=r"round\.not_closed_yet"):
        manage_rounds.sum_up(hall.officer, round_id, now=utc_now())
    run_jobs()
    assert session.scalars(select(RoundScore)).all() == []


def test_the_best_attempt_counts_and_a_voided_one_does_not(
    hall: Hall, session: Session, run_jobs
) -> None:
    twice, caught = hall.device(), hall.device()
    round_id = hall.plan(attempts=3)
    _sit(session, twice, right=True)
    _sit(session, twice, right=False)
    bad = _sit(session, caught, right=True)
    _sit(session, caught, right=False)
    manage_round_people.void(hall.officer, round_id, bad, "Chép bài.", uses_up=True, now=utc_now())
    hall.close(round_id)
    run_jobs()
    session.rollback()
    whole = session.scalars(select(RoundScore).where(RoundScore.topic_kind == TopicKind.ALL)).one()
    assert (whole.people, whole.points, whole.max_points) == (2, 1, 2)
    assert (whole.passed, whole.perfect) == (1, 1)


def test_topics_are_summed_and_the_sums_are_made_anew(
    hall: Hall, session: Session, run_jobs
) -> None:
    for device in (devices := [hall.device() for _ in range(5)]):
        assert device.person_id
    round_id = hall.plan()
    for device in devices:
        _sit(session, device, right=device is devices[0])
    hall.close(round_id)
    run_jobs()
    manage_rounds.sum_up(hall.officer, round_id, now=utc_now())
    run_jobs()
    view = _view(hall, round_id)
    scope = manage_rounds.scope_of(hall.officer, utc_now())
    for kind, topic in (
        (TopicKind.MODULE, "m1"),
        (TopicKind.LEVEL, "RECALL"),
        (TopicKind.AREA, "–"),
    ):
        (line,) = result_queries.scores_by_topic(session, view, scope, hall.commune.id, kind)
        assert (line.key, line.people, line.percent) == (topic, 5, Decimal(20))
    assert not result_queries.is_outdated(session, view)
    assert session.scalars(select(Job.state).where(Job.kind == "rounds.tally")).all() == [
        JobState.DONE,
        JobState.DONE,
    ]


def test_a_contest_is_ranked_by_points_forecast_and_time(
    hall: Hall, session: Session, run_jobs
) -> None:
    exact, near, wrong = hall.device(), hall.device(hall.other), hall.device()
    round_id = hall.plan(kind=RoundKind.CONTEST, forecast_question="Bao nhiêu người đúng hết?")
    for device, right, forecast in ((near, True, "5"), (exact, True, "2"), (wrong, False, "2")):
        _sit(session, device, right=right, forecast=forecast)
    hall.close(round_id)
    run_jobs()
    manage_rounds.answer_forecast(hall.officer, round_id, 2, now=utc_now())
    run_jobs()
    view = _view(hall, round_id)
    scope = manage_rounds.scope_of(hall.officer, utc_now())
    places = result_queries.list_places(session, view, scope, PageRequest())
    assert [(line.place, line.distance) for line in places.items] == [(1, 0), (2, 3), (3, 0)]
    assert result_queries.own_place(session, round_id, near.person_id or 0) == (2, 3)
    session.execute(update(Attempt).values(submitted_at=Attempt.started_at))
    session.commit()
    manage_rounds.sum_up(hall.officer, round_id, now=utc_now())
    run_jobs()
    session.rollback()
    assert set(session.scalars(select(RoundPlace.seconds))) == {0}


def test_a_forecast_is_answered_only_after_the_end(hall: Hall, session: Session) -> None:
    hall.device()
    round_id = hall.plan(kind=RoundKind.CONTEST, forecast_question="Bao nhiêu?")
    with pytest.raises(Exception, match=r"round\.not_closed"):
        manage_rounds.answer_forecast(hall.officer, round_id, 2, now=utc_now())
    with pytest.raises(Exception, match=r"round\.no_forecast"):
        manage_rounds.answer_forecast(hall.officer, round_id, -2, now=utc_now())


def test_the_job_leaves_an_open_round_alone(hall: Hall, session: Session) -> None:
    class Silent:
        def report(self, done: int, total: int) -> None:
            """Tell nobody."""

    device = hall.device()
    round_id = hall.plan()
    _sit(session, device, right=True)
    assert tally({"round": round_id}, Silent()) == {"people": 0}
    session.rollback()
    assert session.scalars(select(RoundScore)).all() == []
    assert session.get_one(Round, round_id).tallied_at is None

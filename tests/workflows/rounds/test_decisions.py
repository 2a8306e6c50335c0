"""Extra time, postponement, the end, the list: decided with a reason, seen by running attempts."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, AttemptState
from elearn.assessment.rounds.bulletin import find_number
from elearn.assessment.rounds.models import Round, RoundDecision, RoundExaminee, RoundState
from elearn.assessment.rounds.rules import Slot
from elearn.infra.db import db
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from elearn.worker.schedule import EVERY_MINUTE
from elearn.workflows import manage_round_people as people
from elearn.workflows import manage_rounds, take_quiz
from tests.factories.attempts import make_device
from tests.factories.org import actor_of, grant, make_person
from tests.factories.rounds import PAPER, Hall
from tests.support.threads import at_once

WHY = "Mất điện tại phòng máy."


def _deadline(session: Session, attempt_id: int):
    session.rollback()
    return session.get_one(Attempt, attempt_id, populate_existing=True).deadline_at


def test_extra_time_of_one_person_moves_his_running_attempt_only(
    hall: Hall, session: Session
) -> None:
    one, two = hall.device(), hall.device()
    round_id = hall.plan()
    mine, theirs = take_quiz.start(one, PAPER), take_quiz.start(two, PAPER)
    before = _deadline(session, mine), _deadline(session, theirs)
    count = people.extend(hall.officer, round_id, 15, WHY, person_id=one.person_id, now=utc_now())
    assert count == 1
    assert _deadline(session, mine) == before[0] + timedelta(minutes=15)
    assert _deadline(session, theirs) == before[1]
    assert hall.seat(round_id, one).extra_minutes == 15
    assert hall.seat(round_id, two).extra_minutes == 0


def test_extra_time_of_a_unit_is_for_all_below_it(hall: Hall, session: Session) -> None:
    office = hall.unit("XV", "Văn phòng xã", parent=hall.commune)
    below, beside = hall.device(office), hall.device(hall.other)
    round_id = hall.plan()
    mine, theirs = take_quiz.start(below, PAPER), take_quiz.start(beside, PAPER)
    before = _deadline(session, mine), _deadline(session, theirs)
    people.extend(hall.officer, round_id, 5, WHY, unit_id=hall.commune.id, now=utc_now())
    assert _deadline(session, mine) == before[0] + timedelta(minutes=5)
    assert _deadline(session, theirs) == before[1]


def test_extra_time_for_all_adds_up_and_is_announced_and_audited(
    hall: Hall, session: Session
) -> None:
    device = hall.device()
    round_id = hall.plan()
    attempt_id = take_quiz.start(device, PAPER)
    before, number = _deadline(session, attempt_id), find_number(session, round_id)
    for _ in range(2):
        people.extend(hall.officer, round_id, 10, WHY, now=utc_now())
    assert _deadline(session, attempt_id) == before + timedelta(minutes=20)
    assert find_number(session, round_id) == number + 2
    entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "round.extend")).all()
    assert [(entry.reason, entry.details["minutes"]) for entry in entries] == [(WHY, 10)] * 2
    assert len(session.scalars(select(RoundDecision)).all()) == 2


def test_a_deadline_capped_by_the_window_moves_as_far(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan()
    hall.shift(round_id, starts=timedelta(hours=-1), ends=timedelta(minutes=5))
    attempt_id = take_quiz.start(device, PAPER)
    before = _deadline(session, attempt_id)
    people.extend(hall.officer, round_id, 10, WHY, now=utc_now())
    assert _deadline(session, attempt_id) == before + timedelta(minutes=10)


def test_a_submitted_attempt_is_left_alone(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan()
    attempt_id = take_quiz.start(device, PAPER)
    take_quiz.submit(device, attempt_id)
    before = _deadline(session, attempt_id)
    people.extend(hall.officer, round_id, 10, WHY, now=utc_now())
    assert _deadline(session, attempt_id) == before


def test_an_extension_and_a_start_at_once_never_miss_each_other(
    app: Flask, hall: Hall, session: Session
) -> None:
    devices = [hall.device() for _ in range(8)]
    round_id = hall.plan()
    db.session.remove()
    acts = [lambda device=device: take_quiz.start(device, PAPER) for device in devices]
    acts.insert(4, lambda: people.extend(hall.officer, round_id, 30, WHY, now=utc_now()))
    done = at_once(app, acts)
    assert not [one for one in done if isinstance(one, Exception)], done
    session = db.session()
    for attempt in session.scalars(select(Attempt)):
        assert attempt.deadline_at == attempt.started_at + timedelta(minutes=50)


def test_a_postponement_moves_windows_and_lengthens_what_runs(hall: Hall, session: Session) -> None:
    running, waiting = hall.device(), hall.device()
    round_id = hall.plan()
    hall.shift(round_id, starts=timedelta(hours=-1), ends=timedelta(minutes=5))
    attempt_id = take_quiz.start(running, PAPER)
    now = utc_now()
    slot = Slot(now + timedelta(hours=2), now + timedelta(hours=3))
    assert people.move(hall.officer, round_id, slot, WHY, now=now) == 2
    session.rollback()
    attempt = session.get_one(Attempt, attempt_id, populate_existing=True)
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=20)
    with pytest.raises(Conflict, match=r"round\.not_open"):
        take_quiz.start(waiting, PAPER)
    found = session.get_one(Round, round_id, populate_existing=True)
    assert (found.opens_at, found.closes_at) == (slot.starts_at, slot.ends_at)


def test_one_person_or_unit_may_sit_later_and_the_round_waits_for_them(
    hall: Hall, session: Session
) -> None:
    here, there = hall.device(), hall.device(hall.other)
    round_id = hall.plan()
    hall.over(round_id)
    now = utc_now()
    slot = Slot(now - timedelta(minutes=1), now + timedelta(hours=1))
    people.move(hall.officer, round_id, slot, WHY, unit_id=hall.other.id, now=now)
    assert take_quiz.start(there, PAPER)
    with pytest.raises(Conflict, match=r"round\.over"):
        take_quiz.start(here, PAPER)
    with pytest.raises(Conflict, match=r"round\.open"):
        manage_rounds.close(hall.officer, round_id, now=now)


def test_a_move_never_shortens_a_running_attempt(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan()
    attempt_id = take_quiz.start(device, PAPER)
    before, now = _deadline(session, attempt_id), utc_now()
    slot = Slot(now - timedelta(hours=1), now + timedelta(minutes=2))
    people.move(hall.officer, round_id, slot, WHY, now=now)
    assert _deadline(session, attempt_id) == before


def test_ending_now_collects_what_runs_and_closes_the_door(hall: Hall, session: Session) -> None:
    running, waiting = hall.device(), hall.device()
    round_id = hall.plan()
    attempt_id = take_quiz.start(running, PAPER)
    people.extend(hall.officer, round_id, 30, WHY, now=utc_now())
    now = utc_now()
    assert manage_rounds.end_now(hall.officer, round_id, WHY, now=now) == 1
    assert _deadline(session, attempt_id) == now
    with pytest.raises(Conflict, match=r"round\.over"):
        take_quiz.start(waiting, PAPER)
    assert take_quiz.close_overdue() == 1
    manage_rounds.close(hall.officer, round_id, now=utc_now())
    session.rollback()
    assert session.get_one(Attempt, attempt_id).state is AttemptState.GRADED


def test_a_round_ahead_is_not_ended_but_cancelled(hall: Hall, session: Session) -> None:
    hall.device()
    round_id = hall.plan()
    hall.shift(round_id, starts=timedelta(hours=1), ends=timedelta(hours=2))
    with pytest.raises(Conflict, match=r"round\.ahead"):
        manage_rounds.end_now(hall.officer, round_id, WHY, now=utc_now())
    manage_rounds.cancel(hall.officer, round_id, WHY, now=utc_now())
    session.rollback()
    assert session.get_one(Round, round_id).state is RoundState.CANCELLED


def test_a_round_that_somebody_sat_is_not_cancelled(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan()
    take_quiz.start(device, PAPER)
    with pytest.raises(Conflict, match=r"round\.begun"):
        manage_rounds.cancel(hall.officer, round_id, WHY, now=utc_now())
    assert take_quiz.start(device, PAPER)


def test_cancelling_and_starting_at_once_leave_one_of_both(
    app: Flask, hall: Hall, session: Session
) -> None:
    devices = [hall.device() for _ in range(6)]
    round_id = hall.plan()
    db.session.remove()
    acts = [lambda device=device: take_quiz.start(device, PAPER) for device in devices]
    acts.insert(0, lambda: manage_rounds.cancel(hall.officer, round_id, WHY, now=utc_now()))
    done = at_once(app, acts)
    assert all(not isinstance(one, Exception) or isinstance(one, AppError) for one in done), done
    session = db.session()
    cancelled = session.get_one(Round, round_id).state is RoundState.CANCELLED
    assert cancelled == (not session.scalars(select(Attempt.id)).all())


def test_a_running_attempt_holds_the_closing_up(hall: Hall) -> None:
    device = hall.device()
    round_id = hall.plan()
    take_quiz.start(device, PAPER)
    hall.over(round_id)
    with pytest.raises(Conflict, match=r"round\.running"):
        manage_rounds.close(hall.officer, round_id, now=utc_now())


def test_a_round_closes_by_itself_a_day_after_its_last_window(hall: Hall, session: Session) -> None:
    hall.device()
    early, late = hall.plan(), hall.plan()
    hall.shift(early, starts=timedelta(hours=-30), ends=timedelta(hours=-25))
    hall.shift(late, starts=timedelta(hours=-30), ends=timedelta(hours=-23))
    EVERY_MINUTE["close_rounds"]()
    session.rollback()
    assert session.get_one(Round, early).closed_at is not None
    assert session.get_one(Round, late).closed_at is None


def test_nothing_is_decided_once_it_has_closed(hall: Hall, session: Session) -> None:
    device = hall.device()
    round_id = hall.plan()
    hall.close(round_id)
    now = utc_now()
    slot = Slot(now, now + timedelta(hours=1))
    for act in (
        lambda: people.extend(hall.officer, round_id, 5, WHY, now=now),
        lambda: people.move(hall.officer, round_id, slot, WHY, now=now),
        lambda: people.remove(hall.officer, round_id, device.person_id or 0, WHY, now=now),
        lambda: manage_rounds.end_now(hall.officer, round_id, WHY, now=now),
        lambda: manage_rounds.cancel(hall.officer, round_id, WHY, now=now),
        lambda: manage_rounds.close(hall.officer, round_id, now=now),
    ):
        with pytest.raises(Conflict, match=r"round\.state"):
            act()


def test_somebody_is_added_and_taken_off_with_a_reason(hall: Hall, session: Session) -> None:
    hall.device()
    round_id = hall.plan()
    late = hall.device(hall.other)
    assert late.person_id is not None
    people.add(hall.officer, round_id, late.person_id, WHY, now=utc_now())
    assert hall.seat(round_id, late).unit_id == hall.other.id
    with pytest.raises(Conflict, match=r"round\.listed"):
        people.add(hall.officer, round_id, late.person_id, WHY, now=utc_now())
    people.remove(hall.officer, round_id, late.person_id, WHY, now=utc_now())
    session.rollback()
    listed = session.scalars(select(RoundExaminee.person_id)).all()
    assert late.person_id not in listed
    kinds = session.scalars(select(RoundDecision.kind)).all()
    assert [kind.value for kind in kinds] == ["ADD", "REMOVE"]


def test_whoever_began_stays_on_the_list(hall: Hall) -> None:
    device = hall.device()
    round_id = hall.plan()
    take_quiz.start(device, PAPER)
    with pytest.raises(Conflict, match=r"round\.began"):
        people.remove(hall.officer, round_id, device.person_id or 0, WHY, now=utc_now())


def test_people_of_other_units_are_not_added(hall: Hall, session: Session) -> None:
    hall.device()
    round_id = hall.plan()
    with pytest.raises(NotFound):
        people.add(hall.officer, round_id, make_person(session).id, WHY, now=utc_now())


def test_nobody_decides_about_himself(hall: Hall, session: Session) -> None:
    user = hall.user()
    officer = actor_of(user, grant(session, user, Role.PROGRAMME_OFFICER, hall.province))
    round_id = hall.plan()
    attempt_id = take_quiz.start(make_device(session, user), PAPER)
    person_id = user.person_id or 0
    with pytest.raises(Forbidden, match=r"round\.own"):
        people.extend(officer, round_id, 5, WHY, person_id=person_id, now=utc_now())
    with pytest.raises(Forbidden, match=r"round\.own"):
        people.void(officer, round_id, attempt_id, WHY, uses_up=False, now=utc_now())
    with pytest.raises(Forbidden, match=r"round\.own"):
        people.remove(officer, round_id, person_id, WHY, now=utc_now())


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROGRAMME_OFFICER])
def test_only_the_officer_of_the_round_decides(hall: Hall, session: Session, role: Role) -> None:
    device = hall.device()
    round_id = hall.plan()
    attempt_id = take_quiz.start(device, PAPER)
    now = utc_now()
    slot = Slot(now, now + timedelta(hours=1))

    def acts(actor: Actor):
        person_id = device.person_id or 0
        yield lambda: people.extend(actor, round_id, 5, WHY, now=now)
        yield lambda: people.move(actor, round_id, slot, WHY, now=now)
        yield lambda: people.add(actor, round_id, person_id, WHY, now=now)
        yield lambda: people.remove(actor, round_id, person_id, WHY, now=now)
        yield lambda: people.void(actor, round_id, attempt_id, WHY, uses_up=False, now=now)
        yield lambda: manage_rounds.end_now(actor, round_id, WHY, now=now)
        yield lambda: manage_rounds.cancel(actor, round_id, WHY, now=now)
        yield lambda: manage_rounds.close(actor, round_id, now=now)
        yield lambda: manage_rounds.answer_forecast(actor, round_id, 1, now=now)

    for stranger in (
        hall.holder(role, hall.province),
        hall.holder(Role.PROGRAMME_OFFICER, hall.commune),
    ):
        for act in acts(stranger):
            with pytest.raises(NotFound):
                act()


@pytest.mark.parametrize(
    ("minutes", "reason", "code"),
    [(0, WHY, "round.minutes"), (99_999, WHY, "round.minutes"), (5, "  ", "round.reason")],
)
def test_extra_time_without_sense_or_reason_is_refused(
    hall: Hall, minutes: int, reason: str, code: str
) -> None:
    hall.device()
    round_id = hall.plan()
    with pytest.raises(Invalid) as caught:
        people.extend(hall.officer, round_id, minutes, reason, now=utc_now())
    assert caught.value.code == code


def test_extra_time_for_nobody_is_refused(hall: Hall) -> None:
    hall.device()
    round_id = hall.plan()
    stranger = hall.device()
    with pytest.raises(Conflict, match=r"round\.no_target"):
        people.extend(hall.officer, round_id, 5, WHY, person_id=stranger.person_id, now=utc_now())


def test_an_attempt_of_another_round_is_not_voided(hall: Hall) -> None:
    device = hall.device()
    first = hall.plan()
    attempt_id = take_quiz.start(device, PAPER)
    second = hall.plan()
    assert first != second
    with pytest.raises(NotFound):
        people.void(hall.officer, second, attempt_id, WHY, uses_up=False, now=utc_now())

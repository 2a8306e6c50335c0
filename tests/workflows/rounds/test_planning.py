"""Planning a round: who is frozen, by group and unit, in which slots, and who may plan."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.models import PaperKind
from elearn.assessment.rounds.models import Round, RoundExaminee, RoundKind, RoundState
from elearn.assessment.rounds.queries import list_audience
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import Conflict, Invalid, NotFound
from elearn.org.models import Exclusion, ExclusionReason
from elearn.workflows import manage_rounds
from tests.factories.assessment import make_paper
from tests.factories.org import make_assignment, make_person
from tests.factories.rounds import Hall
from tests.support.statements import recorded


def _frozen(session: Session, round_id: int) -> dict[int, tuple[int, str]]:
    session.rollback()
    rows = session.scalars(select(RoundExaminee).where(RoundExaminee.round_id == round_id))
    return {row.person_id: (row.unit_id, row.groups) for row in rows}


def test_everybody_of_the_unit_is_frozen_with_his_unit(hall: Hall, session: Session) -> None:
    one, two = hall.user(), hall.user(hall.other)
    outside = hall.user(hall.unit("Z", "Xã ngoài", parent=None))
    round_id = hall.plan(unit_id=hall.commune.id)
    assert _frozen(session, round_id) == {one.person_id: (hall.commune.id, "")}
    assert two.person_id != outside.person_id
    found = session.get_one(Round, round_id)
    assert found.state is RoundState.PLANNED
    assert found.paper_version_id == hall.paper.published_version_id


def test_only_the_groups_asked_for_are_frozen(hall: Hall, session: Session) -> None:
    hall.user()
    clerk, other = hall.clerk(), hall.clerk(hall.other)
    code = hall.one_stop_programme()
    round_id = hall.plan(groups=((code, "G1"),))
    assert _frozen(session, round_id) == {
        clerk.person_id: (hall.commune.id, "G1"),
        other.person_id: (hall.other.id, "G1"),
    }
    assert list_audience(session, round_id) == [(code, "G1")]
    assert len(_frozen(session, hall.plan(groups=((code, "ALL"),)))) == 2


def test_whoever_is_excluded_on_the_day_is_counted_apart(hall: Hall, session: Session) -> None:
    here, away = hall.user(), hall.user()
    session.add(
        Exclusion(
            person_id=away.person_id,
            reason=ExclusionReason.LONG_LEAVE,
            valid_from=today() - timedelta(days=1),
            recorded_at=utc_now(),
        )
    )
    session.commit()
    round_id = hall.save()
    shown = manage_rounds.preview(hall.officer, round_id, now=utc_now())
    assert [one.person_id for one in shown.audience.people] == [here.person_id]
    assert shown.audience.excluded == 1


def test_the_preview_tells_units_groups_and_missing_accounts(hall: Hall, session: Session) -> None:
    hall.clerk()
    hall.clerk(hall.other)
    without = make_person(session)
    make_assignment(session, without, hall.commune)
    code = hall.one_stop_programme()
    shown = manage_rounds.preview(hall.officer, hall.save(), now=utc_now())
    assert shown.by_branch == {hall.commune.id: 2, hall.other.id: 1}
    assert [one.person_id for one in shown.audience.without_account()] == [without.id]
    assert shown.problem is None
    grouped = hall.save(groups=((code, "G1"),))
    shown = manage_rounds.preview(hall.officer, grouped, now=utc_now())
    assert shown.audience.by_group() == {"G1": 2}


def test_the_list_stays_as_it_was_frozen(hall: Hall, session: Session) -> None:
    first = hall.user()
    round_id = hall.plan()
    hall.user()
    assert list(_frozen(session, round_id)) == [first.person_id]
    with pytest.raises(Conflict, match=r"round\.state"):
        manage_rounds.plan(hall.officer, round_id, now=utc_now())
    with pytest.raises(Conflict, match=r"round\.state"):
        manage_rounds.save_draft(hall.officer, round_id, hall.draft(), now=utc_now())


def test_units_sit_in_slots_that_fill_evenly(hall: Hall, session: Session) -> None:
    people = [hall.user(), hall.user(), hall.user(hall.other)]
    begin = utc_now().replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=1)
    round_id = hall.plan(opens_at=begin, closes_at=begin + timedelta(minutes=61), slot_minutes=30)
    session.rollback()
    starts = dict(
        session.execute(
            select(RoundExaminee.person_id, RoundExaminee.starts_at).where(
                RoundExaminee.round_id == round_id
            )
        ).all()
    )
    assert starts == {
        people[0].person_id: begin,
        people[1].person_id: begin,
        people[2].person_id: begin + timedelta(minutes=30),
    }


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": " "}, "round.title"),
        ({"attempts": 0}, "round.attempts"),
        ({"closes_at": utc_now() - timedelta(days=9)}, "round.window"),
        ({"slot_minutes": 5}, "round.slot"),
        ({"slot_minutes": 600}, "round.no_slot"),
        ({"forecast_question": "Bao nhiêu?"}, "round.forecast"),
        ({"unit_id": 2_000_000_000}, "round.unit"),
        ({"paper_id": 2_000_000_000}, "round.paper"),
    ],
)
def test_a_round_that_could_not_be_held_is_refused(
    hall: Hall, change: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        hall.save(**change)
    assert caught.value.code == code


def test_a_test_of_a_module_is_never_sat_in_a_round(hall: Hall, session: Session) -> None:
    paper = make_paper(session, kind=PaperKind.MODULE_TEST)
    with pytest.raises(Invalid, match=r"round\.paper"):
        hall.save(paper_id=paper.id)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            {
                "opens_at": utc_now() - timedelta(days=2),
                "closes_at": utc_now() - timedelta(days=1),
            },
            "round.past",
        ),
        ({"roster_on": today() + timedelta(days=2)}, "round.roster_day"),
        ({}, "round.nobody"),
    ],
)
def test_a_draft_that_cannot_be_planned_says_why(
    hall: Hall, change: dict[str, object], code: str
) -> None:
    if code != "round.nobody":
        hall.user()
    round_id = hall.save(**change)
    shown = manage_rounds.preview(hall.officer, round_id, now=utc_now())
    assert shown.problem is not None
    assert shown.problem.code == code
    with pytest.raises(Invalid) as caught:
        manage_rounds.plan(hall.officer, round_id, now=utc_now())
    assert caught.value.code == code


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROGRAMME_OFFICER])
def test_no_other_role_and_no_officer_of_another_unit_plans(hall: Hall, role: Role) -> None:
    hall.user()
    round_id = hall.save()
    strangers = [
        hall.holder(role, hall.province),
        hall.holder(Role.PROGRAMME_OFFICER, hall.commune),
    ]
    for stranger in strangers:
        with pytest.raises(NotFound, match=r"round\.unknown"):
            manage_rounds.plan(stranger, round_id, now=utc_now())
        with pytest.raises(NotFound, match=r"round\.unknown"):
            manage_rounds.preview(stranger, round_id, now=utc_now())
        with pytest.raises(Invalid, match=r"round\.unit"):
            manage_rounds.save_draft(stranger, None, hall.draft(), now=utc_now())


def test_planning_is_audited_and_two_rounds_of_one_name_have_two_codes(
    hall: Hall, session: Session
) -> None:
    hall.user()
    first, second = hall.plan(), hall.plan()
    session.rollback()
    codes = {session.get_one(Round, one).code for one in (first, second)}
    assert len(codes) == 2
    entries = session.scalars(select(AuditEntry).where(AuditEntry.act == "round.plan")).all()
    assert [entry.details["count"] for entry in entries] == [1, 1]


def test_planning_takes_as_many_statements_for_two_people_as_for_forty(
    hall: Hall, session: Session
) -> None:
    hall.user()

    def sent() -> int:
        round_id = hall.save()
        with recorded() as statements:
            manage_rounds.plan(hall.officer, round_id, now=utc_now())
        return len(statements)

    few = sent()
    for _ in range(38):
        hall.user()
    assert sent() == few
    assert session.scalar(select(func.count()).select_from(RoundExaminee)) == 40


def test_a_draft_is_changed_until_it_is_planned(hall: Hall, session: Session) -> None:
    hall.user()
    code = hall.one_stop_programme()
    round_id = hall.save(groups=((code, "G1"),))
    changed = replace(hall.draft(), title="Tên mới", kind=RoundKind.CONTEST, groups=())
    assert manage_rounds.save_draft(hall.officer, round_id, changed, now=utc_now()) == round_id
    session.rollback()
    found = session.get_one(Round, round_id)
    assert (found.title, found.kind) == ("Tên mới", RoundKind.CONTEST)
    assert list_audience(session, round_id) == []

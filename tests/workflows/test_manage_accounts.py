"""HR and the accounts of its unit: bulk, links, states, and the fence around them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import LinkPurpose, OneTimeLink, User
from elearn.infra.models import AuditEntry, OutgoingMail
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from elearn.org.models import RoleGrant, Unit, UnitKind
from elearn.workflows import manage_accounts as acts
from elearn.workflows.use_link import open_link
from tests.factories.accounts import BY_MAIL, ON_SHEET, give_password, make_link, visit_from
from tests.factories.org import (
    actor_of,
    grant,
    make_assignment,
    make_person,
    make_unit,
    make_user,
)
from tests.support.accounts import Visitor
from tests.support.threads import at_once


@dataclass
class House:
    """A commune with an office, its HR, and a neighbour."""

    commune: Unit
    office: Unit
    neighbour: Unit
    hr: Actor


@pytest.fixture
def house(session: Session) -> House:
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE)
    commune = make_unit(session, "XA1", kind=UnitKind.COMMUNE, parent=province)
    office = make_unit(session, "XA1.VP", kind=UnitKind.COMMUNE_OFFICE, parent=commune)
    neighbour = make_unit(session, "XA2", kind=UnitKind.COMMUNE, parent=province)
    user = make_user(session, "hr.xa1")
    return House(commune, office, neighbour, actor_of(user, grant(session, user, Role.HR, commune)))


def _person(
    session: Session, unit: Unit, name: str = "Lò Thử Ánh", email: str | None = None
) -> int:
    person = make_person(session, full_name=name)
    person.email = email
    make_assignment(session, person, unit)
    return person.id


def _issue(house: House, *person_ids: int) -> acts.Issued:
    return acts.issue_activation_links(house.hr, person_ids, ON_SHEET, now=utc_now())


def _token(slip: object) -> str:
    return str(getattr(slip, "url")).rsplit("/", 1)[1]  # noqa: B009 - Slip or None


def test_accounts_are_made_with_role_link_and_audit(session: Session, house: House) -> None:
    person_id = _person(session, house.office)
    slip = _issue(house, person_id).slips[0]
    session.rollback()
    user = session.scalars(select(User).filter_by(person_id=person_id)).one()
    assert (user.username, user.display_name, user.password_hash) == ("anh.lt", "Lò Thử Ánh", None)
    role = session.scalars(select(RoleGrant).filter_by(user_id=user.id)).one()
    assert (role.role, role.unit_id, role.valid_from) == (Role.LEARNER, house.office.id, today())
    assert (slip.full_name, slip.username) == ("Lò Thử Ánh", "anh.lt")
    assert slip.url.startswith("https://hoc.example/activate/")
    assert slip.expires_at - utc_now() < timedelta(hours=72)
    holder = open_link(_token(slip), LinkPurpose.ACTIVATE, visit_from(), now=utc_now())
    assert holder.user_id == user.id
    entries = session.execute(select(AuditEntry.act, AuditEntry.actor_user_id)).all()
    assert {tuple(row) for row in entries} == {
        ("account.create", house.hr.user_id),
        ("account.link", house.hr.user_id),
    }


def test_namesakes_get_numbered_usernames(session: Session, house: House) -> None:
    make_user(session, "anh.lt2")
    ids = [_person(session, house.commune) for _ in range(4)]
    names = {slip.username for slip in _issue(house, *ids).slips}
    assert names == {"anh.lt", "anh.lt3", "anh.lt4", "anh.lt5"}


def test_links_go_by_mail_where_there_is_an_address_else_on_the_sheet(
    session: Session, house: House, run_jobs: Callable[[], int]
) -> None:
    with_mail = _person(session, house.commune, "Lò Thử Ánh", "anh@vidu.example")
    without = _person(session, house.commune, "Cầm Thử Bình")
    issued = acts.issue_activation_links(house.hr, [with_mail, without], BY_MAIL, now=utc_now())
    assert issued.mailed == ("Lò Thử Ánh",)
    assert [slip.full_name for slip in issued.slips] == ["Cầm Thử Bình"]
    session.rollback()
    letter = session.scalars(select(OutgoingMail)).one()
    assert letter.recipient == "anh@vidu.example"
    assert "https://hoc.example/activate/" in (letter.body or "")
    session.rollback()
    run_jobs()
    session.rollback()
    assert session.scalars(select(OutgoingMail)).one().body is None


def test_who_waits_gets_a_new_link_and_the_old_one_dies(session: Session, house: House) -> None:
    person_id = _person(session, house.commune)
    first = _issue(house, person_id).slips[0]
    second = _issue(house, person_id).slips[0]
    assert first.username == second.username
    with pytest.raises(NotFound):
        open_link(_token(first), LinkPurpose.ACTIVATE, visit_from(), now=utc_now())
    assert open_link(_token(second), LinkPurpose.ACTIVATE, visit_from(), now=utc_now())


def test_people_of_another_unit_are_left_alone_and_not_named(
    session: Session, house: House
) -> None:
    foreign = _person(session, house.neighbour, "Người Xã Khác")
    own = _person(session, house.commune)
    issued = _issue(house, own, foreign, 999_999)
    assert [slip.full_name for slip in issued.slips] == ["Lò Thử Ánh"]
    assert issued.passed_over == ()
    session.rollback()
    assert session.scalars(select(User).filter_by(person_id=foreign)).all() == []


def test_accounts_in_use_are_passed_over(session: Session, house: House) -> None:
    person_id = _person(session, house.commune)
    user = session.get_one(User, make_user(session, "anh.lt").id)
    user.person_id = person_id
    give_password(session, user)
    issued = _issue(house, person_id)
    assert (issued.slips, issued.passed_over) == ((), ("Lò Thử Ánh",))


def test_everybody_without_account_gets_one(session: Session, house: House) -> None:
    _person(session, house.commune, "Lò Thử Ánh")
    _person(session, house.office, "Cầm Thử Bình")
    _person(session, house.neighbour, "Người Xã Khác")
    issued = acts.issue_links_to_all_without_account(house.hr, ON_SHEET, now=utc_now())
    assert {slip.full_name for slip in issued.slips} == {"Lò Thử Ánh", "Cầm Thử Bình"}
    with pytest.raises(Conflict, match=r"account\.all_have"):
        acts.issue_links_to_all_without_account(house.hr, ON_SHEET, now=utc_now())


def test_one_press_makes_at_most_300(
    session: Session, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acts, "MOST_AT_ONCE", 2)
    ids = [_person(session, house.commune) for _ in range(3)]
    assert (
        len(acts.issue_links_to_all_without_account(house.hr, ON_SHEET, now=utc_now()).slips) == 2
    )
    with pytest.raises(Invalid, match=r"account\.too_many"):
        _issue(house, *ids)
    with pytest.raises(Invalid, match=r"account\.nobody"):
        _issue(house)


def test_two_presses_at_once_make_each_account_once(
    app: Flask, session: Session, house: House
) -> None:
    for _ in range(6):
        _person(session, house.commune)

    def press() -> acts.Issued:
        return acts.issue_links_to_all_without_account(house.hr, ON_SHEET, now=utc_now())

    outcomes = at_once(app, [press] * 4)
    made = [outcome for outcome in outcomes if isinstance(outcome, acts.Issued)]
    assert [len(issued.slips) for issued in made] == [6]
    assert all(isinstance(one, acts.Issued | Conflict) for one in outcomes)


def test_a_forgotten_password_is_reset_by_a_new_link(session: Session, house: House) -> None:
    person_id = _person(session, house.commune)
    slip = _issue(house, person_id).slips[0]
    give_password(session, session.scalars(select(User).filter_by(username=slip.username)).one())
    reset = acts.renew_link(house.hr, person_id, ON_SHEET, now=utc_now()).slips[0]
    assert reset.url.startswith("https://hoc.example/reset/")
    assert open_link(_token(reset), LinkPurpose.RESET, visit_from(), now=utc_now())


def test_suspension_ends_sessions_and_links_at_once(
    session: Session, house: House, visitor: Visitor
) -> None:
    person_id = _person(session, house.commune)
    _issue(house, person_id)
    user = session.scalars(select(User).filter_by(person_id=person_id)).one()
    browser = visitor.as_user(user)
    assert browser.get("/account").status_code == 200
    acts.suspend_account(house.hr, person_id, "Nghỉ dài hạn", now=utc_now())
    session.rollback()
    assert browser.get("/account").status_code == 302
    assert session.scalars(select(OneTimeLink.revoked_at)).one() is not None
    entry = session.scalars(select(AuditEntry).filter_by(act="account.suspend")).one()
    assert (entry.actor_user_id, entry.reason) == (house.hr.user_id, "Nghỉ dài hạn")
    with pytest.raises(Conflict, match=r"user\.suspended"):
        acts.suspend_account(house.hr, person_id, "Lần nữa", now=utc_now())
    with pytest.raises(Conflict, match=r"user\.suspended"):
        acts.renew_link(house.hr, person_id, ON_SHEET, now=utc_now())


def test_a_resumed_account_signs_in_anew(session: Session, house: House, visitor: Visitor) -> None:
    person_id = _person(session, house.commune)
    _issue(house, person_id)
    user = session.scalars(select(User).filter_by(person_id=person_id)).one()
    browser = visitor.as_user(user)
    acts.suspend_account(house.hr, person_id, "Nhầm", now=utc_now())
    acts.resume_account(house.hr, person_id, "Khôi phục", now=utc_now())
    session.rollback()
    assert browser.get("/account").status_code == 302
    assert visitor.as_user(user).get("/account").status_code == 200
    with pytest.raises(Conflict, match=r"user\.not_suspended"):
        acts.resume_account(house.hr, person_id, "Lần nữa", now=utc_now())


Act = Callable[[Actor, int], object]
ACTS: dict[str, Act] = {
    "renew": lambda hr, person_id: acts.renew_link(hr, person_id, ON_SHEET, now=utc_now()),
    "suspend": lambda hr, person_id: acts.suspend_account(hr, person_id, "x", now=utc_now()),
    "resume": lambda hr, person_id: acts.resume_account(hr, person_id, "x", now=utc_now()),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nothing_can_be_done_to_people_of_another_unit(
    session: Session, house: House, act: Act
) -> None:
    foreign = _person(session, house.neighbour)
    user = make_user(session, "khac.xa")
    user.person_id = foreign
    session.commit()
    make_link(session, user)
    with pytest.raises(NotFound, match=r"org\.no_such_person") as theirs:
        act(house.hr, foreign)
    with pytest.raises(NotFound) as nobodys:
        act(house.hr, 999_999)
    assert theirs.value.text() == nobodys.value.text()
    session.rollback()
    assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("begins_in_days", [0, 30])
def test_nothing_can_be_done_to_holders_of_weightier_roles(
    session: Session, house: House, act: Act, begins_in_days: int
) -> None:
    person_id = _person(session, house.commune)
    user = make_user(session, "lanh.dao")
    user.person_id = person_id
    role = grant(session, user, Role.LEADER, house.commune)
    role.valid_from = today() + timedelta(days=begins_in_days)
    session.commit()
    with pytest.raises(Forbidden, match=r"account\.weighty"):
        act(house.hr, person_id)


def test_a_past_role_does_not_keep_hr_out(session: Session, house: House) -> None:
    person_id = _person(session, house.commune)
    _issue(house, person_id)
    user = session.scalars(select(User).filter_by(person_id=person_id)).one()
    role = grant(session, user, Role.LEADER, house.commune)
    role.valid_to = today()
    session.commit()
    acts.suspend_account(house.hr, person_id, "Nghỉ dài hạn", now=utc_now())


def test_who_is_not_hr_today_reaches_nobody(session: Session, house: House) -> None:
    person_id = _person(session, house.commune)
    leader = actor_of(
        make_user(session, "ld"),
    )
    assert acts.issue_activation_links(leader, [person_id], ON_SHEET, now=utc_now()).slips == ()
    with pytest.raises(NotFound):
        acts.renew_link(leader, person_id, ON_SHEET, now=utc_now())

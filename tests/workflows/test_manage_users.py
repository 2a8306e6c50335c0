"""The administrator: users, roles with dates, and the fences around both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import LinkPurpose, User
from elearn.accounts.services import NewUser
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import SYSTEM, Actor, Role
from elearn.kernel.clock import today, utc_now
from elearn.kernel.errors import AppError, Conflict, Forbidden, NotFound
from elearn.kernel.temporal import Span
from elearn.org.grants import NewGrant, list_grants
from elearn.org.models import RoleGrant, Unit, UnitKind
from elearn.workflows import manage_users as acts
from elearn.workflows.sign_in import sign_in
from elearn.workflows.use_link import open_link
from tests.factories.accounts import ON_SHEET, give_password, visit_from
from tests.factories.org import (
    actor_of,
    grant,
    make_assignment,
    make_person,
    make_unit,
    make_user,
)
from tests.support.accounts import Visitor

FOREVER: Span = Span(date(2011, 1, 1))


@dataclass
class Land:
    """A province with two communes; an administrator of all, and one of the first commune."""

    province: Unit
    commune: Unit
    neighbour: Unit
    admin: Actor
    commune_admin: Actor


@pytest.fixture
def land(session: Session) -> Land:
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE)
    commune = make_unit(session, "XA1", kind=UnitKind.COMMUNE, parent=province)
    neighbour = make_unit(session, "XA2", kind=UnitKind.COMMUNE, parent=province)
    root, local = make_user(session, "quan.tri"), make_user(session, "quan.tri.xa1")
    return Land(
        province,
        commune,
        neighbour,
        actor_of(root, grant(session, root, Role.ADMIN, province)),
        actor_of(local, grant(session, local, Role.ADMIN, commune)),
    )


def _add(actor: Actor, **changes: object) -> acts.Added:
    wanted: dict[str, object] = {
        "username": "moi.nv",
        "role": acts.RoleRequest(Role.LEADER, "XA1"),
        "display_name": "Người Mới",
    }
    request = acts.UserRequest(**{**wanted, **changes})  # type: ignore[arg-type]
    return acts.add_user(actor, request, ON_SHEET, now=utc_now())


def _roles(session: Session, user_id: int) -> list[tuple[Role, date, date | None]]:
    session.rollback()
    return [
        (line.role, line.valid_from, line.valid_to)
        for line in list_grants(session, user_id, today())
    ]


def test_a_user_is_added_with_a_role_and_a_link(session: Session, land: Land) -> None:
    added = _add(land.admin)
    session.rollback()
    user = session.get_one(User, added.user_id)
    assert (user.username, user.display_name, user.password_hash) == ("moi.nv", "Người Mới", None)
    assert _roles(session, user.id) == [(Role.LEADER, today(), None)]
    token = added.issued.slips[0].url.rsplit("/", 1)[1]
    assert open_link(token, LinkPurpose.ACTIVATE, visit_from(), now=utc_now()).user_id == user.id
    assert set(session.scalars(select(AuditEntry.act))) == {
        "account.create",
        "role.grant",
        "account.link",
    }


def test_the_account_of_a_person_bears_the_persons_name(session: Session, land: Land) -> None:
    person = make_person(session, "CB001", "Cầm Thử Bình")
    make_assignment(session, person, land.commune)
    added = _add(land.admin, person_code="CB001", display_name=None)
    user = session.get_one(User, added.user_id)
    assert (user.display_name, user.person_id) == ("Cầm Thử Bình", person.id)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"username": "quan.tri"}, "user.name_taken"),
        ({"username": "x"}, "username.shape"),
        ({"person_code": "KHONG-CO"}, "person.unknown"),
        ({"person_code": "CB002"}, "user.person_taken"),
        ({"role": acts.RoleRequest(Role.LEADER, "KHONG-CO")}, "org.no_such_unit"),
        (
            {"role": acts.RoleRequest(Role.LEADER, "XA1", date(2026, 5, 2), date(2026, 5, 1))},
            "grant.span",
        ),
    ],
)
def test_a_user_that_cannot_be_added_leaves_nothing_behind(
    session: Session, land: Land, changes: dict[str, object], code: str
) -> None:
    person = make_person(session, "CB002")
    make_user(session, "da.co", person)
    with pytest.raises(AppError) as caught:
        _add(land.admin, **changes)
    assert caught.value.code == code
    session.rollback()
    assert session.scalars(select(AuditEntry)).all() == []
    assert session.scalars(select(User).filter_by(username="moi.nv")).all() == []


def test_a_role_is_granted_from_a_first_to_a_last_day(session: Session, land: Land) -> None:
    user = make_user(session)
    wanted = acts.RoleRequest(Role.AUTHOR, "XA2", date(2026, 1, 1), date(2026, 6, 30))
    acts.grant_role_to(land.admin, user.id, wanted, now=utc_now())
    assert _roles(session, user.id) == [(Role.AUTHOR, date(2026, 1, 1), date(2026, 7, 1))]
    row = session.scalars(select(RoleGrant).filter_by(user_id=user.id)).one()
    assert row.granted_by == land.admin.user_id


def test_a_role_held_already_is_refused(session: Session, land: Land) -> None:
    user = make_user(session)
    grant(session, user, Role.AUTHOR, land.commune)
    with pytest.raises(Conflict, match=r"grant\.held"):
        acts.grant_role_to(land.admin, user.id, acts.RoleRequest(Role.AUTHOR, "XA1"), now=utc_now())
    acts.grant_role_to(land.admin, user.id, acts.RoleRequest(Role.AUTHOR, "XA2"), now=utc_now())


def test_a_role_ends_at_once_and_the_past_stays_known(
    session: Session, land: Land, visitor: Visitor
) -> None:
    user = make_user(session)
    held = grant(session, user, Role.AUTHOR, land.commune)
    browser = visitor.as_user(user)
    assert browser.get("/author").status_code == 200
    acts.end_role_of(land.admin, user.id, held.id, None, now=utc_now())
    assert browser.get("/author").status_code == 403
    assert _roles(session, user.id) == [(Role.AUTHOR, date(2011, 1, 1), today())]
    old = session.get_one(RoleGrant, held.id, populate_existing=True)
    assert old.valid_to is None
    assert old.retracted_at is not None


def test_a_role_may_end_after_a_day_to_come(session: Session, land: Land) -> None:
    user = make_user(session)
    held = grant(session, user, Role.AUTHOR, land.commune)
    last = today() + timedelta(days=10)
    acts.end_role_of(land.admin, user.id, held.id, last, now=utc_now())
    assert _roles(session, user.id) == [(Role.AUTHOR, date(2011, 1, 1), last + timedelta(days=1))]


def test_a_role_that_would_have_no_day_left_is_only_retracted(session: Session, land: Land) -> None:
    user = make_user(session)
    acts.grant_role_to(land.admin, user.id, acts.RoleRequest(Role.AUTHOR, "XA1"), now=utc_now())
    grant_id = session.scalars(select(RoleGrant.id).filter_by(user_id=user.id)).one()
    acts.end_role_of(land.admin, user.id, grant_id, None, now=utc_now())
    assert _roles(session, user.id) == []
    with pytest.raises(NotFound, match=r"grant\.unknown"):
        acts.end_role_of(land.admin, user.id, grant_id, None, now=utc_now())


Act = Callable[[Actor, int], object]
ACTS: dict[str, Act] = {
    "grant": lambda admin, user_id: acts.grant_role_to(
        admin, user_id, acts.RoleRequest(Role.AUTHOR, "XA1"), now=utc_now()
    ),
    "end": lambda admin, user_id: acts.end_role_of(admin, user_id, 1, None, now=utc_now()),
    "suspend": lambda admin, user_id: acts.suspend_user(admin, user_id, "x", now=utc_now()),
    "resume": lambda admin, user_id: acts.resume_user(admin, user_id, "x", now=utc_now()),
    "link": lambda admin, user_id: acts.renew_link_of(admin, user_id, ON_SHEET, now=utc_now()),
    "describe": lambda admin, user_id: acts.describe_user(
        admin, user_id, "Tên", None, now=utc_now()
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_nobody_changes_his_own_rights_or_state(land: Land, act: Act) -> None:
    assert land.admin.user_id is not None
    with pytest.raises(Forbidden, match=r"user\.self"):
        act(land.admin, land.admin.user_id)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_users_of_units_elsewhere_are_out_of_reach(session: Session, land: Land, act: Act) -> None:
    user = make_user(session)
    grant(session, user, Role.LEADER, land.neighbour)
    with pytest.raises(NotFound, match=r"user\.unknown"):
        act(land.commune_admin, user.id)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_who_is_no_administrator_reaches_nobody(session: Session, land: Land, act: Act) -> None:
    user = make_user(session)
    grant(session, user, Role.LEADER, land.commune)
    stranger = make_user(session)
    with pytest.raises(NotFound, match=r"user\.unknown"):
        act(actor_of(stranger, grant(session, stranger, Role.HR, land.province)), user.id)


def test_no_role_is_granted_or_ended_on_a_unit_elsewhere(session: Session, land: Land) -> None:
    user = make_user(session)
    grant(session, user, Role.LEADER, land.commune)
    elsewhere = grant(session, user, Role.LEADER, land.neighbour)
    with pytest.raises(Forbidden, match=r"grant\.elsewhere"):
        acts.grant_role_to(
            land.commune_admin, user.id, acts.RoleRequest(Role.AUTHOR, "XA2"), now=utc_now()
        )
    with pytest.raises(NotFound, match=r"grant\.unknown"):
        acts.end_role_of(land.commune_admin, user.id, elsewhere.id, None, now=utc_now())


def test_a_person_elsewhere_gets_no_account_from_here(session: Session, land: Land) -> None:
    person = make_person(session, "CB009")
    make_assignment(session, person, land.neighbour)
    with pytest.raises(NotFound, match=r"person\.unknown"):
        _add(land.commune_admin, person_code="CB009")
    assert _add(land.admin, person_code="CB009").user_id


def test_a_user_without_any_place_is_within_reach(session: Session, land: Land) -> None:
    user = give_password(session, make_user(session))
    acts.suspend_user(land.commune_admin, user.id, "Đã nghỉ việc", now=utc_now())
    session.rollback()
    assert session.get_one(User, user.id, populate_existing=True).suspended_at is not None
    acts.resume_user(land.commune_admin, user.id, "Trở lại", now=utc_now())
    reset = acts.renew_link_of(land.commune_admin, user.id, ON_SHEET, now=utc_now()).slips[0]
    assert "/reset/" in reset.url


def test_the_name_of_a_person_comes_from_the_roster(session: Session, land: Land) -> None:
    user = make_user(session, person=make_person(session, full_name="Lò Thử Ánh"))
    acts.describe_user(land.admin, user.id, "Tên Khác", "moi@vidu.example", now=utc_now())
    session.rollback()
    changed = session.get_one(User, user.id, populate_existing=True)
    assert (changed.display_name, changed.email) == ("Lò Thử Ánh", "moi@vidu.example")
    details = session.scalars(select(AuditEntry.details)).one()
    assert details == {"changed": ["email"]}


def test_demo_accounts_are_made_once_and_gain_roles(session: Session, land: Land) -> None:
    new = NewUser("demo.hr", "Nhân sự Thử")
    first = [NewGrant(Role.HR, land.commune.id, FOREVER)]
    more = [*first, NewGrant(Role.LEADER, land.commune.id, FOREVER)]
    now = utc_now()
    user_id = acts.create_account_with_password(SYSTEM, new, "Demo-2025", first, now=now)
    again = acts.create_account_with_password(SYSTEM, new, "Khac-2025", more, now=now)
    assert again == user_id
    assert {role for role, _, _ in _roles(session, user_id)} == {Role.HR, Role.LEADER}
    assert sign_in("demo.hr", "Demo-2025", visit_from(), now=utc_now()).actor.user_id == user_id

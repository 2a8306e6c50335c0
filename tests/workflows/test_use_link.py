"""One-time links: used once, forgiving about spaces, silent about who exists."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import LinkPurpose, OneTimeLink, SignInSession, User
from elearn.accounts.tokens import link_hash, token_hash
from elearn.infra.models import AuditEntry, OutgoingMail
from elearn.kernel.actor import Role
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.errors import AppError, Invalid, NotFound, TooMany
from elearn.org.presence import find_presence
from elearn.workflows import sign_in as entrance
from elearn.workflows import use_link as acts
from tests.factories.accounts import PASSWORD, SITE, give_password, make_link, visit_from
from tests.factories.org import grant, make_person, make_unit, make_user
from tests.support.threads import at_once

ACTIVATE, RESET = LinkPurpose.ACTIVATE, LinkPurpose.RESET
HERE = visit_from()


def _use(token: str, purpose: LinkPurpose = ACTIVATE, password: str = PASSWORD) -> object:
    return acts.set_password_by_link(token, purpose, password, HERE, now=utc_now())


def test_the_link_sets_the_password_and_signs_in(session: Session) -> None:
    user = make_user(session, "anh.lt")
    link = make_link(session, user)
    signed_in = acts.set_password_by_link(link.token, ACTIVATE, PASSWORD, HERE, now=utc_now())
    now = utc_now()
    found = find_presence(session, token_hash(signed_in.token), now=now, day=local_day(now))
    assert found is not None
    assert found.actor.user_id == user.id
    assert entrance.sign_in("anh.lt", PASSWORD, HERE, now=utc_now()).token
    assert session.scalars(select(AuditEntry.act)).all() == ["account.activate"]


def test_looking_at_the_link_does_not_use_it_up(session: Session) -> None:
    link = make_link(session, make_user(session, "anh.lt"))
    for _ in range(3):
        holder = acts.open_link(link.token, ACTIVATE, HERE, now=utc_now())
    assert holder.username == "anh.lt"
    _use(link.token)


def test_the_database_cannot_show_the_link_again(session: Session) -> None:
    link = make_link(session, make_user(session))
    row = session.scalars(select(OneTimeLink)).one()
    assert row.token_hash == link_hash(link.token)
    assert link.token not in str(vars(row))


def test_a_link_works_once(session: Session) -> None:
    link = make_link(session, make_user(session))
    _use(link.token)
    with pytest.raises(NotFound, match=r"link\.dead"):
        _use(link.token)


def test_fifty_parallel_uses_are_one_use(app: Flask, session: Session) -> None:
    user = make_user(session)
    link = make_link(session, user)
    passwords = [f"mưa rơi trên mái ngói {number}" for number in range(50)]
    outcomes = at_once(
        app,
        [lambda password=password: _use(link.token, ACTIVATE, password) for password in passwords],
    )
    winners = [
        number for number, outcome in enumerate(outcomes) if isinstance(outcome, entrance.SignedIn)
    ]
    assert len(winners) == 1
    assert all(isinstance(one, AppError | entrance.SignedIn) for one in outcomes)
    assert len(session.scalars(select(SignInSession)).all()) == 1
    won = passwords[winners[0]]
    name = session.get_one(User, user.id, populate_existing=True).username
    assert entrance.sign_in(name, won, HERE, now=utc_now()).token


def test_spaces_and_capitals_of_a_typed_link_do_not_matter(session: Session) -> None:
    link = make_link(session, make_user(session))
    _use(" " + link.token.upper().replace("-", " ") + " ")
    with pytest.raises(NotFound, match=r"link\.dead"):
        _use(link.token)


def test_unknown_old_revoked_and_foreign_links_are_all_the_same(session: Session) -> None:
    user = make_user(session)
    old, revoked, other = (make_link(session, user) for _ in range(3))
    for token, column in ((old.token, "expires_at"), (revoked.token, "revoked_at")):
        row = session.scalars(select(OneTimeLink).filter_by(token_hash=link_hash(token))).one()
        setattr(row, column, utc_now())
    session.commit()
    refusals = []
    for token, purpose in (
        ("k7qd-m2xt-9pwa-r4hc-zn6e-0158", ACTIVATE),
        (old.token, ACTIVATE),
        (revoked.token, ACTIVATE),
        (other.token, RESET),
    ):
        with pytest.raises(NotFound) as caught:
            acts.open_link(token, purpose, HERE, now=utc_now())
        refusals.append((caught.value.code, caught.value.text()))
    assert len(set(refusals)) == 1


def test_a_link_lives_72_hours(session: Session) -> None:
    link = make_link(session, make_user(session))
    issued = session.scalars(select(OneTimeLink)).one()
    assert issued.expires_at - issued.created_at == timedelta(hours=72)
    just_before = link.expires_at - timedelta(seconds=1)
    assert acts.open_link(link.token, ACTIVATE, HERE, now=just_before)
    with pytest.raises(NotFound):
        acts.open_link(link.token, ACTIVATE, HERE, now=link.expires_at)


def test_a_poor_password_leaves_the_link_good(session: Session) -> None:
    link = make_link(session, make_user(session))
    with pytest.raises(Invalid, match=r"password\.common"):
        _use(link.token, ACTIVATE, "matkhau123456")
    _use(link.token)


def test_a_reset_ends_sessions_and_other_links_and_clears_the_count(session: Session) -> None:
    user = give_password(session, make_user(session, "anh.lt"))
    earlier = entrance.sign_in("anh.lt", PASSWORD, HERE, now=utc_now())
    for _ in range(5):
        with pytest.raises(Invalid):
            entrance.sign_in("anh.lt", "sai rồi", HERE, now=utc_now())
    spare, link = make_link(session, user, RESET), make_link(session, user, RESET)
    _use(link.token, RESET, "gió thổi qua rừng thông")
    now = utc_now()
    assert find_presence(session, token_hash(earlier.token), now=now, day=local_day(now)) is None
    with pytest.raises(NotFound):
        acts.open_link(spare.token, RESET, HERE, now=utc_now())
    assert entrance.sign_in("anh.lt", "gió thổi qua rừng thông", HERE, now=utc_now()).token


def test_a_suspended_user_cannot_use_a_link(session: Session) -> None:
    user = make_user(session)
    link = make_link(session, user)
    user.suspended_at = utc_now()
    session.commit()
    with pytest.raises(NotFound, match=r"link\.dead"):
        _use(link.token)


def test_guessing_links_is_limited_by_address(session: Session) -> None:
    now = utc_now()
    codes = []
    for number in range(101):
        with pytest.raises(AppError) as caught:
            acts.open_link(f"k7qd-{number}", ACTIVATE, HERE, now=now)
        codes.append(caught.value.code)
    assert codes == ["link.dead"] * 100 + ["limit.wait"]


def test_a_letter_goes_to_the_address_of_the_person(
    session: Session, run_jobs: Callable[[], int]
) -> None:
    person = make_person(session, full_name="Lò Thử Ánh")
    person.email = "anh@vidu.example"
    give_password(session, make_user(session, "anh.lt", person))
    acts.ask_for_letter("anh.lt", HERE, SITE, now=utc_now())
    session.rollback()
    letter = session.scalars(select(OutgoingMail)).one()
    assert letter.recipient == "anh@vidu.example"
    assert letter.body is not None
    found = re.search(r"https://hoc\.example/reset/(\S+)", letter.body)
    assert found is not None
    assert PASSWORD not in letter.body
    _use(found[1], RESET, "gió thổi qua rừng thông")
    session.rollback()
    run_jobs()
    session.rollback()
    assert session.scalars(select(OutgoingMail)).one().body is None


def test_who_has_not_activated_gets_an_activation_link(session: Session) -> None:
    user = make_user(session, "anh.lt")
    user.email = "anh@vidu.example"
    session.commit()
    earlier = make_link(session, user)
    acts.ask_for_letter("anh.lt", HERE, SITE, now=utc_now())
    session.rollback()
    assert "/activate/" in (session.scalars(select(OutgoingMail.body)).one() or "")
    assert acts.open_link(earlier.token, ACTIVATE, HERE, now=utc_now())


def test_unknown_without_address_and_suspended_get_no_letter_and_no_hint(
    session: Session,
) -> None:
    make_user(session, "khong.thu")
    barred = make_user(session, "bi.khoa")
    barred.email, barred.suspended_at = "khoa@vidu.example", utc_now()
    session.commit()
    for name in ("khong.co", "khong.thu", "bi.khoa"):
        acts.ask_for_letter(name, HERE, SITE, now=utc_now())
    session.rollback()
    assert session.scalars(select(OutgoingMail)).all() == []


def test_the_roster_address_is_not_used_for_weightier_accounts(session: Session) -> None:
    person = make_person(session)
    person.email = "sua-duoc@vidu.example"
    user = make_user(session, "truong.phong", person)
    grant(session, user, Role.LEADER, make_unit(session))
    acts.ask_for_letter("truong.phong", HERE, SITE, now=utc_now())
    session.rollback()
    assert session.scalars(select(OutgoingMail)).all() == []
    user.email = "rieng@vidu.example"
    session.commit()
    acts.ask_for_letter("truong.phong", HERE, SITE, now=utc_now())
    session.rollback()
    assert session.scalars(select(OutgoingMail.recipient)).all() == ["rieng@vidu.example"]


@pytest.mark.parametrize("name", ["anh.lt", "khong.co"])
def test_letters_are_limited_for_known_and_unknown_names(session: Session, name: str) -> None:
    user = make_user(session, "anh.lt")
    user.email = "anh@vidu.example"
    session.commit()
    now = utc_now()
    for _ in range(3):
        acts.ask_for_letter(name, HERE, SITE, now=now)
    with pytest.raises(TooMany):
        acts.ask_for_letter(name, HERE, SITE, now=now)

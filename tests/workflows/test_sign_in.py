"""Signing in: who gets in, who waits, what ends a session."""

import unicodedata
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import AttemptRecord, SignInSession, User
from elearn.accounts.tokens import token_hash
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Role
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.errors import AppError, Forbidden, Invalid, TooMany
from elearn.org.presence import find_presence
from elearn.workflows import sign_in as acts
from tests.factories.accounts import PASSWORD, give_password, visit_from
from tests.factories.org import grant, make_unit, make_user
from tests.support.threads import at_once

WRONG = "sai mật khẩu rồi"
HERE, THERE = visit_from("192.0.2.10"), visit_from("198.51.100.7")


def _sign_in(username: str, password: str = PASSWORD, visit: acts.Visit = HERE) -> acts.SignedIn:
    return acts.sign_in(username, password, visit, now=utc_now())


def _refusal(username: str, password: str = WRONG, visit: acts.Visit = HERE) -> str:
    with pytest.raises(AppError) as caught:
        _sign_in(username, password, visit)
    return caught.value.code


def _is_live(session: Session, token: str) -> bool:
    session.rollback()
    now = utc_now()
    return find_presence(session, token_hash(token), now=now, day=local_day(now)) is not None


def test_the_right_password_opens_a_session_with_todays_roles(session: Session) -> None:
    unit = make_unit(session)
    user = give_password(session, make_user(session, "anh.lt"))
    grant(session, user, Role.HR, unit)
    signed_in = _sign_in(" Anh.LT ")
    assert signed_in.actor.user_id == user.id
    assert signed_in.actor.unit_ids(Role.HR) == {unit.id}
    assert _is_live(session, signed_in.token)
    assert session.get_one(User, user.id, populate_existing=True).last_signed_in_at is not None


def test_the_database_holds_only_the_hash_of_the_token(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    token = _sign_in("anh.lt").token
    assert len(token) >= 43
    kept = session.scalars(select(SignInSession.token_hash)).one()
    assert kept == token_hash(token) != token


def test_a_decomposed_password_signs_in(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    assert _sign_in("anh.lt", unicodedata.normalize("NFD", PASSWORD)).token


def test_unknown_and_wrong_and_not_activated_are_refused_alike(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    make_user(session, "moi.lt")
    assert _refusal("anh.lt") == "sign_in.wrong"
    assert _refusal("khong.co") == "sign_in.wrong"
    assert _refusal("moi.lt", "") == "sign_in.wrong"


def test_a_suspended_user_learns_it_only_with_his_password(session: Session) -> None:
    user = give_password(session, make_user(session, "anh.lt"))
    user.suspended_at = utc_now()
    session.commit()
    assert _refusal("anh.lt") == "sign_in.wrong"
    with pytest.raises(Forbidden, match=r"user\.suspended"):
        _sign_in("anh.lt")
    assert session.scalars(select(SignInSession)).all() == []


def test_an_old_hash_is_made_anew(session: Session) -> None:
    user = make_user(session, "anh.lt")
    user.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    session.commit()
    _sign_in("anh.lt")
    renewed = session.get_one(User, user.id, populate_existing=True).password_hash
    assert renewed is not None
    assert renewed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert _sign_in("anh.lt").token


def test_after_five_wrong_tries_one_waits_a_little(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    for _ in range(5):
        assert _refusal("anh.lt") == "sign_in.wrong"
    with pytest.raises(TooMany) as caught:
        _sign_in("anh.lt")
    assert 0 < caught.value.retry_after <= 15
    later = utc_now() + timedelta(seconds=16)
    assert acts.sign_in("anh.lt", PASSWORD, HERE, now=later).token


def test_success_clears_the_count(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    for _ in range(4):
        _refusal("anh.lt")
    _sign_in("anh.lt")
    for _ in range(5):
        assert _refusal("anh.lt") == "sign_in.wrong"


def test_success_does_not_count_against_the_address(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    _sign_in("anh.lt")
    acts_left = set(session.scalars(select(AttemptRecord.act)))
    assert acts_left == {"sign_in.known"}


def test_unknown_names_wait_as_known_ones_do(session: Session) -> None:
    for _ in range(5):
        assert _refusal("khong.co") == "sign_in.wrong"
    assert _refusal("khong.co") == "limit.wait"


def test_a_stranger_elsewhere_does_not_lock_the_owner_out(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    _sign_in("anh.lt", visit=HERE)
    start = utc_now()
    for number in range(60):
        with pytest.raises(AppError):
            acts.sign_in("anh.lt", "đoán", THERE, now=start + timedelta(seconds=number))
    assert _sign_in("anh.lt", visit=HERE).token


def test_a_thousand_addresses_guess_no_faster_than_one(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    now = utc_now()
    codes = []
    for number in range(40):
        with pytest.raises(AppError) as caught:
            acts.sign_in("anh.lt", "đoán mò", visit_from(f"203.0.113.{number}"), now=now)
        codes.append(caught.value.code)
    assert codes.count("sign_in.wrong") == 10
    assert codes.count("limit.wait") == 30


def test_one_address_tries_at_most_a_hundred_accounts(session: Session) -> None:
    now = utc_now()
    session.add_all(
        AttemptRecord(act="sign_in", key_hash=_address_key(), at=now) for _ in range(100)
    )
    session.commit()
    assert _refusal("ai.do") == "limit.wait"


def _address_key() -> str:
    return acts.keys_for(HERE.secret, "", HERE.address).address


def test_guesses_at_the_same_moment_are_counted_one_by_one(app: Flask, session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    now = utc_now()

    def guess() -> object:
        return acts.sign_in("anh.lt", "đoán mò", HERE, now=now)

    outcomes = at_once(app, [guess] * 20)
    codes = [outcome.code for outcome in outcomes if isinstance(outcome, AppError)]
    assert codes.count("sign_in.wrong") == 5
    assert codes.count("limit.wait") == 15


def test_sign_out_ends_the_session_on_the_server(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    signed_in = _sign_in("anh.lt")
    acts.sign_out(signed_in.actor, now=utc_now())
    assert not _is_live(session, signed_in.token)


def test_a_session_ends_after_half_an_hour_of_silence(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    token = _sign_in("anh.lt").token
    row = session.scalars(select(SignInSession)).one()
    row.last_seen_at = utc_now() - timedelta(minutes=29)
    session.commit()
    assert _is_live(session, token)
    row.last_seen_at = utc_now() - timedelta(minutes=30)
    session.commit()
    assert not _is_live(session, token)


def test_a_session_ends_after_twelve_hours_however_busy(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    signed_in = _sign_in("anh.lt")
    row = session.scalars(select(SignInSession)).one()
    assert row.expires_at - row.created_at == timedelta(hours=12)
    later = row.expires_at
    row.last_seen_at = later - timedelta(seconds=1)
    session.commit()
    key = token_hash(signed_in.token)
    just_before = later - timedelta(seconds=1)
    assert find_presence(session, key, now=just_before, day=local_day(later)) is not None
    assert find_presence(session, key, now=later, day=local_day(later)) is None


def test_touch_keeps_a_live_session_awake_and_wakes_no_dead_one(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    signed_in = _sign_in("anh.lt")
    assert signed_in.actor.session_id is not None
    later = utc_now() + timedelta(minutes=20)
    acts.touch(signed_in.actor.session_id, now=later)
    session.expire_all()
    assert session.scalars(select(SignInSession.last_seen_at)).one() == later
    acts.touch(signed_in.actor.session_id, now=later + timedelta(minutes=31))
    session.rollback()
    assert session.scalars(select(SignInSession.last_seen_at)).one() == later


def test_a_new_password_ends_the_other_sessions_and_is_audited(session: Session) -> None:
    user = give_password(session, make_user(session, "anh.lt"))
    here, there = _sign_in("anh.lt"), _sign_in("anh.lt", visit=THERE)
    acts.change_password(here.actor, PASSWORD, "gió thổi qua rừng thông", "k", now=utc_now())
    assert _is_live(session, here.token)
    assert not _is_live(session, there.token)
    assert _refusal("anh.lt", PASSWORD) == "sign_in.wrong"
    assert _sign_in("anh.lt", "gió thổi qua rừng thông").token
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.act, entry.subject_id) == ("account.change_password", str(user.id))


def test_a_new_password_needs_the_old_one_and_must_be_good(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    actor = _sign_in("anh.lt").actor
    with pytest.raises(Invalid, match=r"password\.old_wrong"):
        acts.change_password(actor, "sai rồi", "gió thổi qua rừng thông", "k", now=utc_now())
    with pytest.raises(Invalid, match=r"password\.common"):
        acts.change_password(actor, PASSWORD, "matkhau123456", "k", now=utc_now())
    assert _sign_in("anh.lt", PASSWORD).token


def test_guessing_the_old_password_is_limited(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    actor = _sign_in("anh.lt").actor
    now = utc_now()
    for _ in range(5):
        with pytest.raises(Invalid):
            acts.change_password(actor, "sai rồi", "gió thổi qua rừng thông", "k", now=now)
    with pytest.raises(TooMany):
        acts.change_password(actor, PASSWORD, "gió thổi qua rừng thông", "k", now=now)


def test_all_other_sessions_end_on_request(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    here, there = _sign_in("anh.lt"), _sign_in("anh.lt", visit=THERE)
    acts.end_other_sessions(here.actor, now=utc_now())
    assert _is_live(session, here.token)
    assert not _is_live(session, there.token)


def test_what_no_longer_counts_is_cleared_away(session: Session) -> None:
    give_password(session, make_user(session, "anh.lt"))
    _sign_in("anh.lt")
    _refusal("anh.lt")
    acts.clear_away(now=utc_now())
    assert len(session.scalars(select(AttemptRecord)).all()) == 2
    acts.clear_away(now=utc_now() + timedelta(days=2))
    assert set(session.scalars(select(AttemptRecord.act))) == {"sign_in.known"}
    acts.clear_away(now=utc_now() + timedelta(days=31))
    assert session.scalars(select(AttemptRecord)).all() == []
    assert session.scalars(select(SignInSession)).all() == []

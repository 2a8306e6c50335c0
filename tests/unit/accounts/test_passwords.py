"""Hashes of passwords."""

import threading
import unicodedata

import pytest
from argon2 import PasswordHasher

from elearn.accounts import passwords
from elearn.kernel.errors import TooMany

TEXT = "mưa rơi trên mái ngói"


def test_a_hash_is_argon2id_with_our_parameters() -> None:
    assert passwords.hash_password(TEXT).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_decomposed_password_is_the_same_password() -> None:
    stored = passwords.hash_password(unicodedata.normalize("NFD", TEXT))
    assert passwords.matches(stored, TEXT)
    assert passwords.matches(stored, unicodedata.normalize("NFD", TEXT))


def test_another_password_does_not_match() -> None:
    assert not passwords.matches(passwords.hash_password(TEXT), TEXT + "!")


def test_nobody_matches_nothing() -> None:
    assert not passwords.matches(None, "")
    assert not passwords.matches(None, TEXT)
    assert not passwords.matches("not a hash", TEXT)


def test_a_megabyte_is_no_password() -> None:
    assert not passwords.matches(passwords.hash_password("x" * 12), "x" * 1_000_000)


def test_a_hash_with_other_parameters_is_outdated() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(TEXT)
    assert passwords.is_outdated(weak)
    assert not passwords.is_outdated(passwords.hash_password(TEXT))


def test_the_hash_for_strangers_costs_what_a_real_one_costs() -> None:
    assert not passwords.is_outdated(passwords._NOBODY)


def test_a_rush_waits_for_a_slot_and_is_then_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_SLOTS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passwords, "_PATIENCE_SECONDS", 0.05)
    with passwords._slot(), pytest.raises(TooMany) as caught:
        passwords.hash_password(TEXT)
    assert caught.value.retry_after == 5
    assert passwords.matches(passwords.hash_password(TEXT), TEXT)

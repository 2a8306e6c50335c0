"""How long somebody has to wait before the next try."""

from datetime import UTC, datetime, timedelta

import pytest

from elearn.accounts.limits import ACCOUNT, PAIR, keyed_hash, keys_for, network_of, seconds_to_wait

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def _tries(*seconds_ago: int) -> list[datetime]:
    return [NOW - timedelta(seconds=ago) for ago in seconds_ago]


def test_five_tries_are_free() -> None:
    assert seconds_to_wait(_tries(4, 3, 2, 1), PAIR, NOW) == 0


@pytest.mark.parametrize(("count", "pause"), [(5, 15), (6, 30), (7, 60), (8, 120), (9, 240)])
def test_then_the_pause_doubles(count: int, pause: int) -> None:
    assert seconds_to_wait(_tries(*([0] * count)), PAIR, NOW) == pause


def test_the_pause_runs_from_the_last_try() -> None:
    assert seconds_to_wait(_tries(300, 200, 100, 50, 10), PAIR, NOW) == 5
    assert seconds_to_wait(_tries(300, 200, 100, 50, 15), PAIR, NOW) == 0


def test_after_ten_tries_the_oldest_must_leave_the_window() -> None:
    tries = _tries(800, 700, 600, 500, 400, 300, 200, 150, 120, 100)
    assert seconds_to_wait(tries, PAIR, NOW) == 100


def test_tries_outside_the_window_do_not_matter() -> None:
    assert seconds_to_wait(_tries(*([901] * 50)), PAIR, NOW) == 0


def test_a_limit_without_slow_down_stops_at_its_most() -> None:
    assert seconds_to_wait(_tries(*([1] * 9)), ACCOUNT, NOW) == 0
    assert seconds_to_wait(_tries(*([1] * 10)), ACCOUNT, NOW) == 899


def test_keys_tell_accounts_and_addresses_apart_and_hide_both() -> None:
    one = keys_for("s" * 40, "anh.lt", "192.0.2.1")
    other = keys_for("s" * 40, "anh.lt", "192.0.2.2")
    assert one.account == other.account
    assert one.address != other.address
    assert one.pair != other.pair
    assert "anh" not in one.account
    assert keyed_hash("other secret", "account", "anh.lt") != one.account


def test_one_machine_is_one_network() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("unix") == "unix"

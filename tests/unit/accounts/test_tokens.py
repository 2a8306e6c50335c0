"""Tokens of links: random enough, readable, forgiving about how they are typed."""

import re

import pytest

from elearn.accounts.tokens import link_hash, new_link_token, plain_link_token


def test_a_link_token_has_120_random_bits_in_letters_that_can_be_typed() -> None:
    tokens = {new_link_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}", t) for t in tokens)


@pytest.mark.parametrize(
    "typed",
    [
        "k7qd-m2xt-9pwa-r4hc-zn6e-0158",
        " k7qd m2xt 9pwa r4hc zn6e 0158 ",
        "K7QDM2XT9PWAR4HCZN6E0158",
        "k7qd-m2xt-9pwa-r4hc-zn6e-oi58",
        "k7qd-m2xt-9pwa-r4hc-zn6e-Ol58",
        "k7qd\u00a0m2xt\u20099pwa\tr4hc\nzn6e 0158",
        "ｋ７ｑｄ-m2xt-9pwa-r4hc-zn6e-０１５８",
        "k7qd-m2xt-٩pwa-r4hc-zn6e-0158",
    ],
)
def test_spaces_case_and_lookalikes_do_not_matter(typed: str) -> None:
    assert plain_link_token(typed) == "k7qdm2xt9pwar4hczn6e0158"


def test_another_token_has_another_hash() -> None:
    assert link_hash("k7qd-m2xt") != link_hash("k7qd-m2xv")

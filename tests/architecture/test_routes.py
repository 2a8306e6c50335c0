"""Every route declares who may call it; addresses are plain and typed."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from elearn.web.access import rule_of
from tests.conftest import make_app


@pytest.fixture(scope="module")
def plain_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("routes")
    return make_app(f"sqlite:///{folder / 'none.db'}", folder)


def test_every_view_declares_its_access_rule(plain_app: Flask) -> None:
    undeclared = [name for name, view in plain_app.view_functions.items() if rule_of(view) is None]
    assert undeclared == []


def test_addresses_are_kebab_case(plain_app: Flask) -> None:
    shape = re.compile(r"(/|(/([a-z0-9-]+|<[^>]+>)(\.[a-z0-9]+)?)+)")
    odd = [rule.rule for rule in plain_app.url_map.iter_rules() if not shape.fullmatch(rule.rule)]
    assert odd == []


def test_every_id_in_an_address_is_a_number(plain_app: Flask) -> None:
    untyped = [
        rule.rule for rule in plain_app.url_map.iter_rules() if re.search(r"<[a-z_]*id>", rule.rule)
    ]
    assert untyped == []

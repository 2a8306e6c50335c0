"""The refusal table: every route and method, called by nobody, by each role and by no role."""

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from elearn.kernel.actor import Role
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor
from tests.web.access_table import ACCESS

ANONYMOUS, ROLELESS = "anonymous", "roleless"
ACTORS = (ANONYMOUS, ROLELESS, *(role.value for role in Role))
WORDS = {"PUBLIC", "SIGNED_IN", *(role.value for role in Role)}
# Values for the places in an address: of the right form, naming nothing that exists.
DUMMIES: dict[str, object] = {
    "IntegerConverter": 2_000_000_000,
    "FloatConverter": 0.5,
    "UUIDConverter": uuid.UUID(int=0),
}


def _calls(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def _address(app: Flask, rule: Rule) -> str:
    values = {
        name: DUMMIES.get(type(converter).__name__, "khong-co")
        for name, converter in rule._converters.items()
    }
    adapter = app.url_map.bind("localhost")
    return adapter.build(rule.endpoint, values)


def _should_pass(actor: str, rule: Rule) -> bool:
    allowed = set(ACCESS[rule.endpoint].split())
    if "PUBLIC" in allowed:
        return True
    if "SIGNED_IN" in allowed:
        return actor != ANONYMOUS
    return actor in allowed


def _passed(response: TestResponse) -> bool:
    """Whether the door let the request in; what lies behind may well not exist."""
    to_sign_in = response.status_code == 302 and "/login?next=" in response.location
    return response.status_code not in (401, 403) and not to_sign_in


def test_every_route_stands_in_the_table(app: Flask) -> None:
    live = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    missing = [
        f'{path}: add a line for "{name}" to tests/web/access_table.py'
        for name, path in sorted(live.items())
        if name not in ACCESS
    ]
    assert missing == []


def test_the_table_names_only_routes_that_exist(app: Flask) -> None:
    live = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert sorted(set(ACCESS) - live) == []


def test_the_table_speaks_of_known_roles() -> None:
    assert sorted({word for line in ACCESS.values() for word in line.split()} - WORDS) == []


@pytest.mark.parametrize("actor", ACTORS)
def test_the_site_agrees_with_the_table(
    app: Flask, session: Session, visitor: Visitor, actor: str
) -> None:
    unit = make_unit(session)
    person = make_person(session)
    make_assignment(session, person, unit)
    user = make_user(session, person=person)
    if actor in Role.__members__:
        grant(session, user, Role(actor), unit)
    differences = []
    client = app.test_client() if actor == ANONYMOUS else visitor.as_user(user)
    for rule, method in _calls(app):
        if rule.endpoint not in ACCESS:
            continue  # test_every_route_stands_in_the_table tells
        response = client.open(
            _address(app, rule), method=method, headers={"Accept": "application/json"}
        )
        session.rollback()
        if rule.endpoint == "auth.logout" and actor != ANONYMOUS:
            client = visitor.as_user(user)
        if response.status_code >= 500 and rule.endpoint != "public.readyz":
            differences.append(f"{method} {rule.rule}: breaks with {response.status_code}")
        elif _passed(response) != _should_pass(actor, rule):
            verdict = "let in" if _passed(response) else "refused"
            differences.append(f"{method} {rule.rule}: {actor} is {verdict} ({response.status})")
    assert differences == []

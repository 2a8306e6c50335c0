"""`flask users add`: a link on standard output, or a sentence and exit code 1."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.accounts.models import LinkPurpose, User
from elearn.kernel.clock import utc_now
from elearn.org.models import RoleGrant
from elearn.workflows.use_link import open_link
from tests.factories.accounts import visit_from
from tests.factories.org import make_person, make_unit, make_user

LINK = re.compile(r"http://127\.0\.0\.1:8000/activate/([0-9a-z-]+)\n")


def test_the_link_alone_is_on_standard_output(
    app: Flask, session: Session, runner: FlaskCliRunner
) -> None:
    unit = make_unit(session, "SL")
    result = runner.invoke(args=["users", "add", "quan.tri", "--role", "ADMIN", "--unit", "SL"])
    assert result.exit_code == 0
    found = LINK.fullmatch(result.stdout)
    assert found is not None
    assert "quan.tri" in result.stderr
    session.rollback()
    holder = open_link(found[1], LinkPurpose.ACTIVATE, visit_from(), now=utc_now())
    role = session.scalars(select(RoleGrant).filter_by(user_id=holder.user_id)).one()
    assert (role.role.value, role.unit_id) == ("ADMIN", unit.id)


def test_a_person_may_be_named(app: Flask, session: Session, runner: FlaskCliRunner) -> None:
    make_unit(session, "SL")
    person = make_person(session, "CB001", "Cầm Thử Bình")
    arguments = ["users", "add", "binh.ct", "--role", "hr", "--unit", "SL", "--person", "CB001"]
    assert runner.invoke(args=arguments).exit_code == 0
    session.rollback()
    user = session.scalars(select(User).filter_by(username="binh.ct")).one()
    assert (user.display_name, user.person_id) == ("Cầm Thử Bình", person.id)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["moi", "--role", "ADMIN", "--unit", "XX"], "Không có đơn vị mã “XX”"),
        (["moi", "--role", "VUA", "--unit", "SL"], "Không có vai trò “VUA”"),
        (["da.co", "--role", "HR", "--unit", "SL"], "Tên đăng nhập “da.co” đã có người dùng."),
        (["m i@", "--role", "HR", "--unit", "SL"], "Tên đăng nhập “mi@” không dùng được"),
        (
            ["moi", "--role", "HR", "--unit", "SL", "--person", "P?"],
            "Không có người nào mang mã “P?”.",
        ),
        (
            ["moi", "--role", "HR", "--unit", "SL", "--person", "CB1"],
            "Người này đã có tài khoản.",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_vietnamese(
    app: Flask, session: Session, runner: FlaskCliRunner, arguments: list[str], words: str
) -> None:
    make_unit(session, "SL")
    make_user(session, "da.co", make_person(session, "CB1"))
    result = runner.invoke(args=["users", "add", *arguments])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert words in result.stderr
    session.rollback()
    assert session.scalars(select(User.username)).all() == ["da.co"]

"""The commands of design.md 5.1: all offered, with help, and loaded only when called."""

import os
from pathlib import Path

import pytest
from click import Command, Context, Group
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import make_url

from elearn.cli.commands import COMMANDS
from elearn.infra.db import db
from tests.conftest import fresh_database, make_app

# design.md 5.1, and what operators need besides.
OFFERED = [
    ("certificates", "verify"),
    ("content", "check"),
    ("content", "export"),
    ("content", "load"),
    ("coverage", "show"),
    ("db", "upgrade"),
    ("demo", "load"),
    ("roster", "import"),
    ("start", None),
    ("users", "add"),
    ("worker", None),
]


def _command(app: Flask, name: str) -> Command:
    found = app.cli.get_command(Context(app.cli), name)
    assert found is not None
    return found


@pytest.mark.parametrize(("name", "subcommand"), OFFERED)
def test_every_command_is_offered_with_help(app: Flask, name: str, subcommand: str | None) -> None:
    command = _command(app, name)
    assert command.get_short_help_str()
    if subcommand is not None:
        assert isinstance(command, Group)
        inner = command.get_command(Context(command), subcommand)
        assert inner is not None
        assert inner.get_short_help_str()


def test_every_named_command_is_there(app: Flask) -> None:
    assert set(COMMANDS) <= set(app.cli.list_commands(Context(app.cli)))
    assert all(isinstance(_command(app, name), Command) for name in COMMANDS)


def test_help_lists_them_and_an_unknown_one_is_refused(runner: FlaskCliRunner) -> None:
    told = runner.invoke(args=["--help"]).output
    assert all(name in told for name in COMMANDS)
    refused = runner.invoke(args=["no-such-command"])
    assert refused.exit_code == 2
    assert "No such command" in refused.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["roster", "import"],
        ["content", "load", "--path", "tests/samples/content"],
        ["coverage", "show", "--programme", "p", "--as-of", "2026-01-01"],
        ["certificates", "audit"],
        ["users", "add", "nhan.su", "--role", "HR", "--unit", "SL"],
        ["demo", "load", "--officials", "300"],
    ],
)
def test_a_database_without_tables_is_told_in_a_sentence(
    engine_url: str, tmp_path: Path, arguments: list[str]
) -> None:
    is_sqlite = make_url(engine_url).get_backend_name() == "sqlite"
    name = f"elearn_no_tables_{os.getpid()}"
    url = f"sqlite:///{tmp_path / 'bare.db'}" if is_sqlite else fresh_database(name)
    bare = make_app(url, tmp_path)
    if arguments[0] == "roster":
        arguments = [*arguments, str(_roster_folder(tmp_path))]
    told = bare.test_cli_runner().invoke(args=arguments)
    with bare.app_context():
        db.engine.dispose()
    assert told.exit_code == 1, told.output
    assert "flask db upgrade" in told.output
    assert "Traceback" not in told.output


def _roster_folder(folder: Path) -> Path:
    roster = folder / "roster"
    roster.mkdir()
    header = "code,name,short_name,kind,parent_code,valid_from,valid_to,legal_basis"
    (roster / "units.csv").write_text(
        f"{header}\nSL,Tỉnh Mẫu,Mẫu,PROVINCE,,2020-01-01,,\n", "utf-8"
    )
    return roster

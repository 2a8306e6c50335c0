"""The commands of design.md 5.1: all offered, with help, and loaded only when called."""

import pytest
from click import Command, Context, Group
from flask import Flask
from flask.testing import FlaskCliRunner

from elearn.cli.commands import COMMANDS

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

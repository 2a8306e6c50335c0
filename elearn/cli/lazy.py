"""A group whose commands are loaded when they are called (or listed with their help)."""

from collections.abc import Mapping
from pkgutil import resolve_name

import click
from flask.cli import AppGroup


class LazyGroup(AppGroup):
    """Commands by name, each as dotted path ``package.module:command``.

    What only commands need is then not in the memory of the processes that serve pages.
    """

    def __init__(self, name: str, paths: Mapping[str, str]) -> None:
        super().__init__(name)
        self.paths = paths

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, loaded or not."""
        return sorted({*super().list_commands(ctx), *self.paths})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, loading its module."""
        if cmd_name not in self.paths:
            return super().get_command(ctx, cmd_name)
        command: click.Command = resolve_name(self.paths[cmd_name])
        return command

"""Every group of flask commands that operators use."""

import click

COMMANDS: tuple[click.Command, ...] = ()

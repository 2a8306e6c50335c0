"""Every group of flask commands that operators use."""

import click

from elearn.cli.coverage import coverage

COMMANDS: tuple[click.Command, ...] = (coverage,)

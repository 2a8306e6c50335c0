"""Every group of flask commands that operators use."""

import click

from elearn.cli.certificates import certificates
from elearn.cli.content import content
from elearn.cli.coverage import coverage
from elearn.cli.demo import demo
from elearn.cli.roster import roster
from elearn.cli.start import start
from elearn.cli.users import users

COMMANDS: tuple[click.Command, ...] = (
    certificates,
    content,
    coverage,
    demo,
    roster,
    start,
    users,
)

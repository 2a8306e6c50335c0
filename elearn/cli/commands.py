"""Every flask command that operators use, by the dotted path of its click command or group."""

from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "certificates": "elearn.cli.certificates:certificates",
    "content": "elearn.cli.content:content",
    "coverage": "elearn.cli.coverage:coverage",
    "db": "flask_migrate.cli:db",
    "demo": "elearn.cli.demo:demo",
    "questions": "elearn.cli.questions:questions",
    "roster": "elearn.cli.roster:roster",
    "start": "elearn.cli.start:start",
    "users": "elearn.cli.users:users",
    "worker": "elearn.worker.commands:worker",
}

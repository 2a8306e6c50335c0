"""Run every measurement on PostgreSQL and print the figures as JSON."""

import json
import os
import tempfile

from bench import certificate, lesson, servers
from elearn.app import create_app
from elearn.kernel.settings import from_env
from tests.support import postgres


def main() -> None:
    """Make a database with content and demo data, measure, print."""
    with postgres.cluster() as server, tempfile.TemporaryDirectory() as folder:
        if server is None:
            raise SystemExit("bench needs PostgreSQL: install it or set ELEARN_TEST_POSTGRES_URL")
        url = servers.make_database(server, f"elearn_bench_{os.getpid()}")
        environ = {
            "ELEARN_DATABASE_URL": url,
            "ELEARN_DATA_DIR": folder,
            "ELEARN_SECRET_KEY": "b" * 40,
            "ELEARN_QUEUE_URL": "memory:",
        }
        for command in (("db", "upgrade"), ("content", "load"), ("demo", "load")):
            servers.flask(environ, *command)
        app = create_app(from_env(environ))
        figures = {**lesson.measure(app, environ, url), **certificate.measure()}
    print(json.dumps(figures, ensure_ascii=False, indent=1))


main()

"""Survey week: 3,000 open attempts, both bells, a save every 30 s each, and how much more holds.

Run alone: ``python -m bench.exam.survey [examinees [seconds of a bell]]``. Prints
JSON. The examinees are a process of their own on the same machine; the ceiling is a bare Flask
view that does one INSERT and commit, on the same PostgreSQL, asked in the same way in the run.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine, func, select, text

from bench import servers
from bench.exam import hall
from elearn.app import create_app
from elearn.assessment.models import AnswerEvent, Attempt, Grade
from elearn.infra.db import db
from elearn.kernel.settings import from_env
from tests.support import postgres

# A disk that is waited for, and room to work in.
SETTINGS = {"shared_buffers": "512MB", "synchronous_commit": "on", "fsync": "on"}


def make_bare_app() -> Flask:
    """Return a site with one view that inserts a row and commits."""
    engine = create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=2)
    app = Flask(__name__)

    @app.post("/bare")
    def save():
        with engine.begin() as connection:
            connection.execute(text("insert into bench_bare (value) values ('a')"))
        return {"acks": []}

    @app.get("/ready")
    def ready():
        return "ok"

    return app


def _drive(config: dict[str, object]) -> dict[str, object]:
    """Run the examinees in a process of their own and return what they saw."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.exam.crowd"],
        check=True, cwd=servers.ROOT, input=json.dumps(config), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _lost(app: Flask, acked: list[str]) -> int:
    with app.app_context(), db.engine.connect() as connection:
        stored = set(connection.scalars(select(AnswerEvent.uuid)))
        connection.rollback()
    return len(set(acked) - stored)


def _states(app: Flask) -> dict[str, int]:
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(select(Attempt.state, func.count()).group_by(Attempt.state))
        states = {state.value: count for state, count in rows}
        states["grades"] = connection.scalar(select(func.count()).select_from(Grade)) or 0
        connection.rollback()
    return states


def measure(examinees: int, bell: float) -> dict[str, object]:
    """Return the figures of a hall of ``examinees``."""
    with postgres.private_cluster(SETTINGS) as server, tempfile.TemporaryDirectory() as folder:
        if server is None:
            raise SystemExit("bench needs PostgreSQL")
        url = servers.make_database(server.url, "elearn_survey")
        environ = {
            "ELEARN_DATABASE_URL": url,
            "ELEARN_DATA_DIR": folder,
            "ELEARN_SECRET_KEY": "b" * 40,
            "ELEARN_QUEUE_URL": "memory:",
        }
        servers.flask(environ, "db", "upgrade")
        app = create_app(from_env(environ))
        cookies = hall.fill(app, examinees)
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(text("create table bench_bare (id serial primary key, value text)"))
            connection.execute(text("analyze"))
        config: dict[str, object] = {"code": hall.PAPER, "cookies": cookies, "bell": bell}
        with servers.gunicorn("wsgi:app", environ, "/healthz") as (port, pid, _start):
            config["base"] = f"http://127.0.0.1:{port}"
            with servers.gunicorn(
                "bench.exam.survey:make_bare_app()", {"BENCH_DATABASE_URL": url}, "/ready"
            ) as (bare_port, _bare_pid, _bare_start):
                config["bare"] = f"http://127.0.0.1:{bare_port}"
                seen = _drive(config)
            memory = servers.pss_mib(pid)
        acked = Path(str(seen.pop("acked"))).read_text(encoding="ascii").split()
        return {
            "examinees": examinees,
            **seen,
            "answers acknowledged": len(acked),
            "of them lost (0)": _lost(app, acked),
            "states": _states(app),
            "two workers, PSS in MiB": round(memory, 1),
        }


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    print(json.dumps(measure(count, seconds), ensure_ascii=False, indent=1))

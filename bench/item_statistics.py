"""Item statistics of a survey: 26,000 attempts of 30 questions, beside a bare read of the rows.

    python -m bench.item_statistics [ATTEMPTS]

The job runs as a worker runs it, in a process of its own; its seconds are those from claiming the
job to its end, its memory the most that the whole process ever held. Worker and database work in
turn, so that on an idle machine the seconds are about the sum of their CPU seconds.
"""

import json
import os
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
from sqlalchemy import make_url, select, text

from bench import servers
from elearn.app import create_app
from elearn.assessment.statistics.models import ItemStatistic, StatisticScope
from elearn.infra import jobs
from elearn.infra.db import db
from elearn.infra.models import Job
from elearn.kernel.clock import utc_now
from elearn.kernel.settings import from_env
from elearn.workflows import item_statistics
from tests.support import postgres

ATTEMPTS, QUESTIONS, BANK = 26_000, 30, 120
BODY = json.dumps(
    {
        "stem": "Câu hỏi?",
        "options": [{"text": letter, "correct": letter == "a"} for letter in "abcd"],
        "explanation": "Vì sao.",
    }
)
BEGIN = datetime(2026, 11, 2, 1, tzinfo=UTC)
_BARE = (
    "select id, started_at, submitted_at from assessment_attempt",
    "select attempt_id, item_scores::text from assessment_grade",
    "select attempt_id, id, question_version_id, points::float8 from assessment_attempt_item",
    "select item_id, received_at, value::text from assessment_answer_event",
)


def _copy(connection, table: str, columns: str, rows) -> None:
    with connection.cursor().copy(f"copy {table} ({columns}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def fill(url: str, attempts: int) -> None:
    """Make the bank, the paper, the round, and everybody's answers, some of them changed."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        _fill_bank(connection)
        _fill_people(connection, attempts)
        _fill_answers(connection, attempts, np.random.default_rng(7))
        connection.commit()
        connection.autocommit = True
        connection.execute("analyze")


def _fill_bank(connection) -> None:
    _copy(
        connection, "assessment_question", "id, code, bank",
        ((number, f"q-{number}", "m1") for number in range(1, BANK + 1)),
    )  # fmt: skip
    _copy(
        connection, "assessment_question_version",
        "id, question_id, number, type, level, module_code, skills, facts, citations, points,"
        " body, rendered, published_at",
        (
            (n, n, 1, "single_choice", "RECALL", "m1", "[]", "[]", "[]", 1, BODY, "{}", BEGIN)
            for n in range(1, BANK + 1)
        ),
    )  # fmt: skip
    connection.execute(
        "insert into assessment_paper (id, code) values (1, 'khao-sat');"
        "insert into assessment_paper_version (id, paper_id, number, title, kind, cooldown_hours,"
        " pass_percent, shuffle, feedback, sections, published_at)"
        " values (1, 1, 1, 'Khảo sát', 'SURVEY', 0, 50, true, 'NEVER', '[]', now());"
        "insert into org_unit (id, code) values (1, 'T');"
        "insert into assessment_round (id, code, title, kind, state, unit_id, paper_id, opens_at,"
        " closes_at, roster_on, attempts, needs_ticket, created_at) values (1, 'dot-1', 'Đợt 1',"
        " 'SURVEY', 'PLANNED', 1, 1, '2026-11-02', '2026-11-07', '2026-11-01', 1, false, now())"
    )


def _fill_people(connection, attempts: int) -> None:
    _copy(
        connection, "org_person", "id, code, full_name, sort_key, search_text, category",
        (
            (n, f"M{n}", f"Người Mẫu {n}", f"{n:06d}", f"nguoi mau {n}", "CIVIL_SERVANT")
            for n in range(1, attempts + 1)
        ),
    )  # fmt: skip
    _copy(
        connection, "assessment_attempt",
        "id, person_id, paper_id, paper_version_id, number, seed, state, epoch, started_at,"
        " submitted_at, round_id",
        (
            (n, n, 1, 1, 1, "0" * 32, "GRADED", 1, start, start + timedelta(minutes=25), 1)
            for n in range(1, attempts + 1)
            for start in [BEGIN + timedelta(seconds=16 * n)]
        ),
    )  # fmt: skip


def _fill_answers(connection, attempts: int, random) -> None:
    ability = random.normal(size=attempts)
    difficulty = random.normal(-0.5, 1.0, size=BANK)
    drawn = np.argsort(random.random((attempts, BANK)), axis=1)[:, :QUESTIONS]
    chance = 1 / (1 + np.exp(difficulty[drawn] - ability[:, None]))
    right = random.random(drawn.shape) < chance
    choice = np.where(right, 0, random.integers(1, 4, size=drawn.shape))
    changed = random.random(drawn.shape) < 0.15
    _copy(
        connection, "assessment_attempt_item",
        "id, attempt_id, position, section, question_version_id, option_order, points",
        (
            (a * QUESTIONS + q + 1, a + 1, q + 1, 0, int(drawn[a, q]) + 1, '["a","b","c","d"]', 1)
            for a in range(attempts)
            for q in range(QUESTIONS)
        ),
    )  # fmt: skip
    _copy(
        connection, "assessment_grade",
        "attempt_id, number, score, max_score, passed, item_scores, reason, graded_at",
        (
            (
                a + 1, 1, int(row.sum()), QUESTIONS, bool(row.sum() * 2 >= QUESTIONS),
                json.dumps({a * QUESTIONS + q + 1: f"{int(v)}.0000" for q, v in enumerate(row)}),
                "examinee", BEGIN,
            )
            for a, row in enumerate(right)
        ),
    )  # fmt: skip
    _copy(
        connection, "assessment_answer_event",
        "attempt_id, item_id, epoch, client_seq, uuid, value, status, received_at",
        _events(choice, changed),
    )  # fmt: skip


def _events(choice, changed):
    number = 0
    for a, row in enumerate(choice):
        start = BEGIN + timedelta(seconds=16 * (a + 1))
        for q, chosen in enumerate(row):
            item = a * QUESTIONS + q + 1
            values = ["abcd"[chosen]] if not changed[a, q] else ["d", "abcd"[chosen]]
            for seq, value in enumerate(values):
                number += 1
                at = start + timedelta(seconds=40 * q + 15 * seq + 12)
                place = 2 * q + seq + 1
                yield a + 1, item, 1, place, str(UUID(int=number)), f'"{value}"', "STORED", at


def bare_read(url: str) -> float:
    """Return the seconds of reading the same rows with nothing computed: the ceiling."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    begin = time.perf_counter()
    with psycopg.connect(plain) as connection, connection.cursor() as cursor:
        for statement in _BARE:
            cursor.execute(statement)
            while cursor.fetchmany(10_000):
                pass
    return time.perf_counter() - begin


def own_cpu() -> float:
    """Return the CPU seconds that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of another process on this machine."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(environ: dict[str, str]) -> None:
    """Do the job in this process and print its seconds, its memory and what it found."""
    app = create_app(from_env(environ))
    with app.app_context():
        job_id = item_statistics.request_nightly(now=utc_now())
        backend = db.session.scalar(text("select pg_backend_pid()"))
        before, database = own_cpu(), cpu_of(backend)
        begin = time.perf_counter()
        jobs.run(job_id)
        seconds, own = time.perf_counter() - begin, own_cpu()
        job = db.session.execute(select(Job.state, Job.result).where(Job.id == job_id)).one()
        database = cpu_of(backend) - database
        rows = db.session.scalars(
            select(ItemStatistic).where(ItemStatistic.scope == StatisticScope.ALL)
        ).all()
    assert job.state.value == "DONE", job
    assert sum(row.n for row in rows) == job.result["attempts"] * QUESTIONS
    assert min(row.discrimination or -1 for row in rows) > 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    cpu = {"worker": own - before, "database": database}
    print(json.dumps({"seconds": seconds, "cpu": cpu, "mib": peak, **job.result}))


def main(attempts: int) -> None:
    """Make the database, measure, print."""
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
        servers.flask(environ, "db", "upgrade")
        fill(url, attempts)
        seen = json.loads(servers.python(environ, "-m", "bench.item_statistics", "run"))
        ceiling = bare_read(url)
    figures = {
        "item statistics, attempts": seen["attempts"],
        "seconds (at most 10 for 26,000)": round(seen["seconds"], 2),
        "CPU seconds of worker and database": {
            name: round(value, 2) for name, value in seen["cpu"].items()
        },
        "MiB at most (at most 300)": round(seen["mib"]),
        "bare read of the same rows, seconds": round(ceiling, 2),
        "times the bare read": round(seen["seconds"] / ceiling, 2),
    }
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    if sys.argv[1:] == ["run"]:
        run(dict(os.environ))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ATTEMPTS)

"""Regrade of a survey on PostgreSQL: preview and regrade as jobs in a process of their own.

Run alone: ``python -m bench.regrade [attempts]``. Prints JSON: seconds on the clock and on the
worker's processor (its start included) and peak MiB of the preview and of the regrade of so many
attempts of 30 questions, beside the ceiling of the same run: one SQL statement that appends the
same number of grades. ``load``: what else the machine had to do.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from bench import servers
from elearn.app import create_app
from elearn.assessment.domain.grading import Treatment
from elearn.infra.db import db
from elearn.kernel.actor import Role
from elearn.kernel.clock import utc_now
from elearn.kernel.settings import from_env
from elearn.tables import metadata
from elearn.workflows import change_keys
from tests.factories.assessment import make_paper, make_question
from tests.factories.org import actor_of, grant, make_unit, make_user
from tests.support import postgres

ATTEMPTS, QUESTIONS = 26_000, 30
# Runs one job function by its name and prints seconds and peak MiB.
WORKER = """
import json, resource, sys, time
from elearn.app import create_app
from elearn.infra.jobs import run
from elearn.kernel.settings import from_env
import os
app = create_app(from_env(os.environ))
with app.app_context():
    begin = time.perf_counter()
    run(int(sys.argv[1]))
    seconds = time.perf_counter() - begin
used = resource.getrusage(resource.RUSAGE_SELF)
found = {"seconds": seconds, "cpu_seconds": used.ru_utime, "peak_mib": used.ru_maxrss / 1024}
print(json.dumps({name: round(value, 1) for name, value in found.items()}))
"""
# Every examinee answers each question by a letter of his own, "a" being the published key.
FILL = """
INSERT INTO org_person (code, full_name, sort_key, search_text, category)
  SELECT 'B' || n, 'Người Thử ' || n, 'n' || n, 'nguoi thu ' || n, 'CIVIL_SERVANT'
  FROM generate_series(1, :attempts) n;
INSERT INTO assessment_attempt (person_id, paper_id, paper_version_id, number, seed, state, epoch,
    started_at, submitted_at, closed_by)
  SELECT p.id, v.paper_id, v.id, 1, '0', 'GRADED', 1, now(), now(), 'examinee'
  FROM org_person p, assessment_paper_version v WHERE p.code LIKE 'B%';
INSERT INTO assessment_attempt_item (attempt_id, position, section, question_version_id,
    option_order, points)
  SELECT a.id, row_number() OVER (PARTITION BY a.id ORDER BY q.id), 0, q.id, '[]', 1
  FROM assessment_attempt a, assessment_question_version q;
INSERT INTO assessment_answer_event (attempt_id, item_id, epoch, client_seq, uuid, value, status,
    received_at)
  SELECT attempt_id, id, 1, position, gen_random_uuid(),
    to_json(chr(97 + (('x' || substr(md5(id::text), 1, 6))::bit(24)::int % 4))), 'STORED', now()
  FROM assessment_attempt_item;
INSERT INTO assessment_grade (attempt_id, number, score, max_score, passed, item_scores, reason,
    graded_at)
  SELECT attempt_id, 1, sum(earned), count(*), sum(earned) * 2 >= count(*),
    json_object_agg(item_id::text, CASE earned WHEN 1 THEN '1.0000' ELSE '0.0000' END),
    'examinee', now() - interval '1 hour'
  FROM (SELECT attempt_id, item_id, CASE value::text WHEN '"a"' THEN 1 ELSE 0 END AS earned
        FROM assessment_answer_event) e
  GROUP BY attempt_id;
ANALYZE;
"""
CEILING = """
CREATE TABLE ceiling AS SELECT attempt_id, number + 1 AS number, score, max_score, passed,
  item_scores, reason, graded_at FROM assessment_grade WHERE number = 1
"""


def _fill(session: Session, attempts: int) -> tuple:
    codes = [f"q{number}" for number in range(QUESTIONS)]
    for code in codes:
        make_question(session, code)
    make_paper(session, "de", sections=[{"title": "Chung", "questions": codes}])
    unit = make_unit(session, "T")
    author, officer = make_user(session), make_user(session)
    actors = (
        actor_of(author, grant(session, author, Role.AUTHOR, unit)),
        actor_of(officer, grant(session, officer, Role.PROGRAMME_OFFICER, unit)),
    )
    for statement in FILL.split(";\n"):
        if statement.strip():
            session.execute(text(statement), {"attempts": attempts})
    session.commit()
    return actors


def _work(environ: dict[str, str], job_id: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(job_id)],
        check=True, cwd=servers.ROOT, env={**os.environ, **environ}, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _ceiling(url: str) -> float:
    engine = create_engine(url)
    with engine.begin() as connection:
        begin = time.perf_counter()
        connection.execute(text(CEILING))
        seconds = time.perf_counter() - begin
        connection.execute(text("DROP TABLE ceiling"))
    engine.dispose()
    return round(seconds, 2)


def _counts(session: Session) -> dict[str, int]:
    rows = session.execute(
        text("SELECT change, count(*) FROM assessment_regrade_outcome GROUP BY change")
    )
    return {str(change).lower(): count for change, count in rows}


def main() -> None:
    """Fill, preview, approve, regrade; check the sums against SQL; print."""
    attempts = int(sys.argv[1]) if len(sys.argv) > 1 else ATTEMPTS
    with postgres.cluster() as server, tempfile.TemporaryDirectory() as folder:
        if server is None:
            raise SystemExit("bench needs PostgreSQL: install it or set ELEARN_TEST_POSTGRES_URL")
        url = servers.make_database(server, f"elearn_regrade_{os.getpid()}")
        environ = {
            "ELEARN_DATABASE_URL": url,
            "ELEARN_DATA_DIR": folder,
            "ELEARN_SECRET_KEY": "b" * 40,
            "ELEARN_QUEUE_URL": "memory:",
        }
        app = create_app(from_env(environ))
        with app.app_context():
            metadata.create_all(db.engine)
            author, officer = _fill(db.session(), attempts)
            given = change_keys.Given(Treatment.KEY, {"right": ["b"]}, "Đáp án sai.")
            correction, job = change_keys.propose(author, "q0", 1, given, now=utc_now())
            db.session.remove()
            preview = _work(environ, job)
            job = change_keys.approve(
                officer, correction, may_lower=False, reason="Đúng.", now=utc_now()
            )
            db.session.remove()
            regrade = _work(environ, job)
            counts = _counts(db.session())
            added = db.session().scalar(
                text("SELECT count(*) FROM assessment_grade WHERE number = 2")
            )
            assert sum(counts.values()) == attempts
            assert added == counts["raised"]
            db.session.remove()
            db.engine.dispose()
        figures = {
            "attempts": attempts,
            "questions": QUESTIONS,
            "preview": preview,
            "regrade": regrade,
            "ceiling_one_insert_seconds": _ceiling(url),
            "outcome": counts,
            "load": os.getloadavg()[0],
        }
    print(json.dumps(figures, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()

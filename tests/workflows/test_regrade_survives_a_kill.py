"""A process that regrades is killed by SIGKILL and run again: nothing is lost, nothing doubled."""

import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.models import Grade
from elearn.assessment.regrading import queries
from elearn.assessment.regrading.models import RegradeOutcome
from elearn.infra.db import db
from elearn.workflows import change_keys
from tests.factories.keys import Hall, Silent

# Regrades one attempt a slice and tells "done N" after each.
REGRADER = """
import sys
from flask import Flask
from elearn import tables
from elearn.assessment.regrading import slices
from elearn.infra import db
from elearn.workflows import change_keys

class Told:
    def report(self, done, total):
        print("done", done, flush=True)

url, correction = sys.argv[1:]
slices.list_slice.__kwdefaults__["size"] = 1
app = Flask("regrader")
db.init_app(app, url)
with app.app_context():
    change_keys.regrade({"correction_id": int(correction)}, Told())
"""
ATTEMPTS = 6


def _run_until_killed(url: str, correction: int, after: int) -> int:
    """Run the job, kill it once it has told of ``after`` slices; return how many it told of."""
    worker = subprocess.Popen(
        [sys.executable, "-c", REGRADER, url, str(correction)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert worker.stdout is not None
    with worker.stdout as output:
        told = [next(output) for _ in range(after)]
        os.kill(worker.pid, signal.SIGKILL)
        told += [line for line in output if line.endswith("\n")]
    assert worker.wait(10) == -signal.SIGKILL
    return int(told[-1].split()[1])


def test_a_killed_regrade_goes_on_where_it_stopped(session: Session) -> None:
    hall = Hall(session)
    attempts = [hall.sit("bbbb" if number % 2 else "abbb") for number in range(ATTEMPTS)]
    correction = hall.propose()
    hall.approve(correction)
    url = db.engine.url.render_as_string(hide_password=False)
    for after in (1, 2):
        told = _run_until_killed(url, correction, after)
        session.rollback()
        done = session.scalar(select(func.count(RegradeOutcome.id)))
        assert done is not None
        assert told <= done < ATTEMPTS
    change_keys.regrade({"correction_id": correction}, Silent())
    assert [len(hall.grades(attempt)) for attempt in attempts] == [1, 2] * (ATTEMPTS // 2)
    assert all(hall.score(attempt) == Decimal(1) for attempt in attempts)
    assert session.scalar(select(func.count(RegradeOutcome.id))) == ATTEMPTS
    assert session.scalar(select(func.count(Grade.id))) == ATTEMPTS * 3 // 2
    assert queries.count_changes(session, correction)["raised"] == ATTEMPTS // 2

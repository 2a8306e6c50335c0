"""I1 under fire: a process that saves answers is killed; what it acknowledged is there.

A twin that acknowledges before it saves must be caught by the same harness.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import AnswerEvent
from elearn.infra.db import db
from elearn.workflows import take_quiz
from tests.factories.assessment import make_paper, make_question
from tests.factories.attempts import items_of, make_device, make_learner

# Acknowledges each save on its standard output: "ack <uuid>".
SAVER = """
import sys
from itertools import count
from uuid import uuid4
from flask import Flask
from elearn import tables
from elearn.assessment.domain.protocol import Event, Save
from elearn.infra import db
from elearn.kernel.actor import Actor
from elearn.workflows import take_quiz

url, person, attempt, item, twin = sys.argv[1:]
actor = Actor(user_id=None, name="", person_id=int(person))
app = Flask("saver")
db.init_app(app, url)
with app.app_context():
    for number in count(1):
        uuid = str(uuid4())
        if twin == "early":
            print("ack", uuid, flush=True)
        event = Event(uuid, int(item), number, "abcd"[number % 4])
        take_quiz.save_answers(actor, int(attempt), Save(1, (event,)))
        if twin == "honest":
            print("ack", uuid, flush=True)
"""


def _save_until_killed(arguments: list[str]) -> set[str]:
    """Run the saver, kill it after some acknowledgements, return all that it gave."""
    saver = subprocess.Popen(
        [sys.executable, "-c", SAVER, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert saver.stdout is not None
    with saver.stdout as output:
        acked = [next(output).split()[1] for _ in range(20)]
        os.kill(saver.pid, signal.SIGKILL)
        acked += [line.split()[1] for line in output if line.endswith("\n")]
    assert saver.wait(10) == -signal.SIGKILL
    return set(acked)


class Target:
    """A running attempt of one question."""

    def __init__(self, session: Session) -> None:
        make_question(session, "q1")
        make_paper(session, "de", sections=[{"title": "Chung", "questions": ["q1"]}])
        learner = make_learner(session)
        attempt_id = take_quiz.start(make_device(session, learner), "de")
        item = items_of(session, attempt_id)["q1"]
        url = db.engine.url.render_as_string(hide_password=False)
        self.session = session
        self.arguments = [url, str(learner.person_id), str(attempt_id), str(item)]
        session.rollback()

    def lost(self, twin: str) -> set[str]:
        acked = _save_until_killed([*self.arguments, twin])
        self.session.rollback()
        return acked - set(self.session.scalars(select(AnswerEvent.uuid)))


@pytest.fixture
def target(session: Session) -> Target:
    return Target(session)


def test_no_acknowledged_answer_is_lost_by_a_kill(target: Target) -> None:
    assert target.lost("honest") == set()


def test_the_harness_catches_a_saver_that_acknowledges_too_early(target: Target) -> None:
    assert any(target.lost("early") for _ in range(10))

"""A site that breaks its promise on purpose: the harness must catch it."""

import time
from threading import Thread

from elearn.assessment.models import AnswerStatus, AttemptState
from elearn.assessment.services import Ack
from elearn.infra.db import now, reading
from elearn.workflows import take_quiz
from wsgi import app

_honest = take_quiz.save_answers
DELAY = 0.2


def _careless(actor, attempt_id, save):
    """Acknowledge first and save a little later."""

    def later() -> None:
        time.sleep(DELAY)
        with app.app_context():
            _honest(actor, attempt_id, save)

    Thread(target=later).start()
    with reading() as session:
        moment = now(session)
    acks = tuple(Ack(event.uuid, AnswerStatus.STORED) for event in save.events)
    return take_quiz.Saved(acks, save.epoch, None, moment, AttemptState.IN_PROGRESS)


take_quiz.save_answers = _careless
early_ack = app

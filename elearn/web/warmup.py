"""What each worker would make at its first pages, made once in the process they are forked from.

Statements compiled, templates, and the code that Python has learnt to run quickly: made before the
fork they are shared, and nobody's first page is slow. Reads only; nothing is written.
"""

import contextvars
import ctypes
import gc

import structlog
from flask import Flask, render_template
from sqlalchemy.orm import Session

from elearn.accounts.tokens import token_hash
from elearn.infra.db import db, looking
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day, utc_now
from elearn.org.presence import find_presence
from elearn.progress.lesson_queries import find_first_lesson, get_lesson_page
from elearn.web.identity import take_for

log = structlog.get_logger()

# Python rewrites a function in place for the types it meets, after about this many calls.
_TIMES = 16
# No account and no person has this id.
_NOBODY = Actor(user_id=0, name="", person_id=0)


def warm_up(app: Flask) -> None:
    """Read and render as nobody the pages that are asked for most.

    Connections opened for it are closed: a worker opens its own. Without a database the site
    starts all the same, and workers warm themselves.
    """
    # In a context of its own: an application context that is there would reach the requests.
    contextvars.Context().run(_warm_up, app)


def _warm_up(app: Flask) -> None:
    try:
        for _ in range(_TIMES):
            _visit(app)
    except Exception:
        log.exception("warm_up_failed")
    finally:
        with app.app_context():
            db.engine.dispose()


def settle() -> None:
    """Leave memory as workers forked from now on can share it.

    What is loaded by now lives as long as the process: kept out of the collector's sight, its
    pages are not written to. And what loading has freed goes back to the system (where the C
    library can): a worker that filled it would first copy it.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _visit(app: Flask) -> None:
    app.test_client().get("/login")
    with app.test_request_context("/learn"):
        take_for(_NOBODY)
        with looking() as session:
            find_presence(session, token_hash(""), now=utc_now(), day=local_day(utc_now()))
            _read_lesson(session)


def _read_lesson(session: Session) -> None:
    found = find_first_lesson(session)
    if found is None:
        return
    page = get_lesson_page(session, 0, *found, on=local_day(utc_now()))
    render_template("learner/lesson.html", page=page, refused="", error=None)

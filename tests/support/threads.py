"""Acts that begin at the same moment, each in a thread with its own database session."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from flask import Flask

from elearn.infra.db import db

T = TypeVar("T")


def at_once(app: Flask, acts: list[Callable[[], T]]) -> list[T | Exception]:
    """Run ``acts`` together; return what each gave or raised, in their order."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | Exception:
        with app.app_context():
            gate.wait(timeout=30)
            try:
                return act()
            except Exception as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))

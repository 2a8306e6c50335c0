"""A running site for browser tests: pages by a threaded server, jobs in a thread beside it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server

from tests.support.jobs import run_jobs


class _Jobs(threading.Thread):
    """Does waiting jobs until told to stop."""

    def __init__(self, app: Flask) -> None:
        super().__init__(daemon=True)
        self.app = app
        self.stopped = threading.Event()

    def run(self) -> None:
        """Look for work a few times a second."""
        while not self.stopped.is_set():
            run_jobs(self.app)
            time.sleep(0.2)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve ``app`` on a free port of this machine; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    pages = threading.Thread(target=server.serve_forever, daemon=True)
    jobs = _Jobs(app)
    pages.start()
    jobs.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        jobs.stopped.set()
        server.shutdown()
        pages.join(10)
        jobs.join(10)

"""gunicorn for a province: two sync workers a core, the application loaded once."""

import multiprocessing

bind = "127.0.0.1:8000"
workers = 2 * multiprocessing.cpu_count()
preload_app = True
timeout = 60
graceful_timeout = 30
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True


def post_fork(_server, worker):
    """Give each worker connections of its own."""
    from elearn.infra.db import db  # noqa: PLC0415 - gunicorn reads this file before the site

    with worker.app.wsgi().app_context():
        db.engine.dispose(close=False)

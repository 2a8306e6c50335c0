"""`flask start` and `flask worker`: the site in one process group, and its jobs alone."""

import multiprocessing
import os
import signal

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication

from elearn.infra.db import db
from elearn.worker import consumer


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn over an application that is already there."""

    def __init__(self, app: Flask, options: dict[str, object]) -> None:
        self.application = app
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand our options over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application."""
        return self.application


def _real_app() -> Flask:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    return app


@click.command()
@click.option("--workers", default=2, show_default=True)
@with_appcontext
def worker(workers: int) -> None:
    """Do background jobs until stopped."""
    consumer.run(_real_app(), workers)


def _consume(app: Flask) -> None:
    os.setpgrp()
    with app.app_context():
        consumer.run(app)


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True)
@click.option("--workers", default=2, show_default=True)
@with_appcontext
def start(bind: str, workers: int) -> None:
    """Migrate, fill an empty site with demo data, then serve pages and do jobs."""
    app = _real_app()
    upgrade()
    db.engine.dispose()
    child = multiprocessing.get_context("fork").Process(target=_consume, args=(app,))
    child.start()
    click.echo(f"elearn: http://{bind}")
    try:
        _Server(app, {"bind": bind, "workers": workers, "control_socket_disable": True}).run()
    finally:
        if child.pid and child.is_alive():
            os.kill(child.pid, signal.SIGTERM)
            child.join(10)

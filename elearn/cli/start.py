"""`flask start`: the whole site in one process group, filled with demo data when it is empty."""

import contextvars
import multiprocessing
import os
import signal
from collections.abc import Callable
from pkgutil import resolve_name

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication
from sqlalchemy import select

from elearn.cli.demo import load_province, print_accounts
from elearn.curriculum.models import Programme
from elearn.infra.db import db, reading
from elearn.infra.jobs import CONSUMER
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.org.models import Unit
from elearn.workflows import load_demo, sync_content

Consume = Callable[[Flask], None]


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


def _is_empty(table: type[Programme] | type[Unit]) -> bool:
    with reading() as session:
        is_empty = session.scalar(select(table.id).limit(1)) is None
        session.rollback()
    return is_empty


def _fill(app: Flask) -> None:
    """Load the content and the demo province into a site that has none."""
    if _is_empty(Programme):
        click.echo("Nạp nội dung học tập…")
        report = sync_content.load(SYSTEM, app.config["ELEARN"].content_dir, now=utc_now())
        for problem in report.problems:
            click.echo(str(problem), err=True)
        if not report.applied:
            raise click.ClickException("Nội dung có lỗi, chưa nạp gì.")
    if _is_empty(Unit):
        click.echo("Nạp tỉnh mẫu…")
        load_province(load_demo.OFFICIALS, load_demo.SEED)


def _consume(app: Flask) -> None:
    # Loaded in the child: what only jobs need must not weigh on the web workers.
    consume: Consume = resolve_name(app.extensions[CONSUMER])
    os.setpgrp()
    consume(app)


def _serve(app: Flask, options: dict[str, object]) -> None:
    """Serve pages and do jobs until stopped."""
    child = multiprocessing.get_context("fork").Process(target=_consume, args=(app,))
    child.start()
    try:
        _Server(app, options).run()
    finally:
        if child.pid and child.is_alive():
            os.kill(child.pid, signal.SIGTERM)
            child.join(10)


@click.command()
@click.option("--bind", default="127.0.0.1:8000", show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--demo/--no-demo", default=True, show_default=True, help="Fill an empty site.")
@with_appcontext
def start(bind: str, workers: int, *, demo: bool) -> None:
    """Migrate, fill an empty site with content and demo data, then serve pages and do jobs."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    upgrade()
    if demo:
        _fill(app)
        print_accounts()
    db.session.remove()
    db.engine.dispose()
    click.echo(f"elearn chạy tại http://{bind} (Ctrl+C để dừng)")
    # The command's own application context must not reach the workers: every request would share
    # it, and with it the signed-in user.
    options: dict[str, object] = {"bind": bind, "workers": workers, "control_socket_disable": True}
    contextvars.Context().run(_serve, app, options)

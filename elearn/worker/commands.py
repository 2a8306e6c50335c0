"""`flask worker`: background jobs alone."""

import contextvars

import click
from flask import Flask, current_app
from flask.cli import with_appcontext


@click.command()
@click.option("--workers", default=2, show_default=True)
@with_appcontext
def worker(workers: int) -> None:
    """Do background jobs until stopped."""
    from elearn.worker import consumer  # noqa: PLC0415 - not loaded with the site

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
    # Jobs open application contexts of their own; see elearn.cli.start.
    contextvars.Context().run(consumer.run, app, workers)

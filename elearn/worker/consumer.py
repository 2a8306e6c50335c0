"""The process that does the jobs."""

from flask import Flask

from elearn.infra.jobs import huey_of
from elearn.worker import schedule


def run(app: Flask, workers: int = 2) -> None:
    """Do jobs until the process is told to stop."""
    schedule.init_app(app)
    huey_of(app).create_consumer(workers=workers, periodic=True).run()

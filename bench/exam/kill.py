"""kill -9 of site and database, in turn, under examinees who save: what was acknowledged is there.

Run alone: ``python -m bench.exam.kill [examinees [kills [twin]]]``. Prints JSON and exits with 1
when an acknowledged answer is lost or an attempt does not end in exactly one final state.
``twin`` breaks the promise on purpose, and the harness must then find a loss: ``async-commit``
lets PostgreSQL acknowledge before the log is written, ``early-ack`` answers before it saves.
The virtual disk may answer a flush from its cache: kills are proved here, a power cut is not.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import aiohttp
from flask import Flask
from sqlalchemy import func, select

from bench import servers
from bench.exam import hall
from bench.exam.examinee import Examinee, Tally, browsers
from elearn.app import create_app
from elearn.assessment.models import AnswerEvent, Attempt, AttemptState, Grade
from elearn.infra.db import db
from elearn.kernel.settings import from_env
from tests.support import postgres

TWINS = ("honest", "async-commit", "early-ack")
PAUSE = 5.0
# Faster than this the site would be asked for more than two cores give, and nothing be shown.
BEGIN_A_SECOND = 15


@dataclass
class Site:
    """gunicorn in a process group of its own, so that all of it can be killed at once."""

    application: str
    environ: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait for the first answer."""
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", self.application, "--bind",
                f"127.0.0.1:{self.port}", "--workers", "2", "--preload", "--no-control-socket",
                "--log-level", "critical",
            ],
            cwd=servers.ROOT, env={**os.environ, **self.environ}, start_new_session=True,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        while not servers.answers(self.port, "/healthz"):
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill master and workers."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


async def _insist(act, patience: float = 600.0) -> bool:
    """Repeat ``act`` with full jitter until it says True."""
    until, wait = time.monotonic() + patience, 0.5
    while not await act():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(random.uniform(0, wait))
        wait = min(8.0, wait * 2)
    return True


async def _sit(
    one: Examinee, http: aiohttp.ClientSession, tally: Tally, over: asyncio.Event, within: float
) -> None:
    async def arrive() -> bool:
        await one.arrive(http, tally)
        return bool(one.token)

    async def begin() -> bool:
        return await one.begin(http, tally, tally)

    await asyncio.sleep(random.uniform(0, within))
    if not (await _insist(arrive) and await _insist(begin)):
        return
    while not over.is_set():
        await one.save_until_acked(http, tally, 120.0)
        await asyncio.sleep(random.uniform(0, 2 * PAUSE))
    await _insist(lambda: one.hand_in(http, tally))


async def _siege(site: Site, server: postgres.Cluster, kills: int) -> list[float]:
    """Kill site and database in turn; return the seconds until each was back."""
    away = []
    for number in range(kills):
        await asyncio.sleep(random.uniform(1, 7))
        began = time.perf_counter()
        if number % 2:
            server.kill()
            await asyncio.to_thread(server.start_again)
        else:
            site.kill()
            await asyncio.to_thread(site.start)
        away.append(time.perf_counter() - began)
    return away


async def _exam(
    crowd: list[Examinee], site: Site, server: postgres.Cluster, kills: int
) -> dict[str, object]:
    over, tally = asyncio.Event(), Tally()
    async with browsers() as http:
        within = len(crowd) / BEGIN_A_SECOND
        sitting = asyncio.gather(*(_sit(one, http, tally, over, within) for one in crowd))
        while sum(bool(one.items) for one in crowd) < 0.8 * len(crowd):
            await asyncio.sleep(0.5)
        away = await _siege(site, server, kills)
        over.set()
        await sitting
    return {
        "kills": kills,
        "longest away, seconds": round(max(away, default=0.0), 1),
        "requests": len(tally.seconds),
        "answered": dict(tally.statuses),
    }


def _judge(app: Flask, crowd: list[Examinee]) -> dict[str, object]:
    """Compare what was promised with what is there."""
    acked = set().union(*(one.acked for one in crowd))
    sent = set().union(*(one.sent for one in crowd))
    with app.app_context(), db.engine.connect() as connection:
        stored = set(connection.scalars(select(AnswerEvent.uuid)))
        open_or_odd = connection.scalar(
            select(func.count()).select_from(Attempt).where(Attempt.state != AttemptState.GRADED)
        )
        attempts = connection.scalar(select(func.count()).select_from(Attempt))
        twice = connection.execute(
            select(Grade.attempt_id).group_by(Grade.attempt_id).having(func.count() > 1)
        ).all()
        connection.rollback()
    return {
        "answers acknowledged": len(acked),
        "of them lost": len(acked - stored),
        "stored but never sent": len(stored - sent),
        "attempts": attempts,
        "attempts not in one final state": (open_or_odd or 0) + len(twice),
        "examinees who could not hand in": sum(not one.is_done for one in crowd),
    }


def run(examinees: int, kills: int, twin: str) -> dict[str, object]:
    """Return what one siege found."""
    settings = {"synchronous_commit": "off" if twin == "async-commit" else "on", "fsync": "on"}
    with postgres.private_cluster(settings) as server, tempfile.TemporaryDirectory() as folder:
        if server is None:
            raise SystemExit("bench needs PostgreSQL")
        environ = {
            "ELEARN_DATABASE_URL": servers.make_database(server.url, "elearn_kill"),
            "ELEARN_DATA_DIR": folder,
            "ELEARN_SECRET_KEY": "b" * 40,
            "ELEARN_QUEUE_URL": "memory:",
        }
        servers.flask(environ, "db", "upgrade")
        app = create_app(from_env(environ))
        cookies = hall.fill(app, examinees)
        application = "bench.exam.twins:early_ack" if twin == "early-ack" else "wsgi:app"
        site = Site(application, environ, servers.free_port())
        site.start()
        crowd = [
            Examinee(f"http://127.0.0.1:{site.port}", hall.PAPER, cookie) for cookie in cookies
        ]
        try:
            seen = asyncio.run(_exam(crowd, site, server, kills))
        finally:
            site.kill()
        with app.app_context():
            db.engine.dispose()
        return {"twin": twin, "examinees": examinees, **seen, **_judge(app, crowd)}


def main(arguments: list[str]) -> int:
    """Run and judge: 0 when the promise held, or when a broken twin was caught."""
    examinees = int(arguments[0]) if arguments else 1_000
    kills = int(arguments[1]) if len(arguments) > 1 else 20
    twin = arguments[2] if len(arguments) > 2 else "honest"
    if twin not in TWINS:
        raise SystemExit(f"twin is one of {', '.join(TWINS)}")
    found = run(examinees, kills, twin)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    is_kept = found["of them lost"] == found["attempts not in one final state"] == 0
    return 0 if is_kept == (twin == "honest") else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

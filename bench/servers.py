"""Starting what is measured: a database, the site, the bare page; their memory and start time."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

ROOT = Path(__file__).resolve().parent.parent
BYTECODE = Path(tempfile.gettempdir()) / "elearn-bench-bytecode"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_database(server: str, name: str) -> str:
    """Return the URL of a new, empty database."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'drop database if exists "{name}" with (force)'))
        connection.execute(text(f'create database "{name}"'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def flask(environ: dict[str, str], *arguments: str) -> str:
    """Run a flask command of the site and return what it printed."""
    return python(environ, "-m", "flask", *arguments)


def python(environ: dict[str, str], *arguments: str) -> str:
    """Run Python with the settings of the site and return what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        check=True, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def answers(port: int, path: str) -> bool:
    """Whether something answers there, be it by an error."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@contextmanager
def gunicorn(app: str, environ: dict[str, str], path: str) -> Iterator[tuple[int, int, float]]:
    """Serve ``app`` with two sync workers, preloaded; give (port, pid, seconds to first answer).

    As on a machine where it has run before: Python may keep and use its bytecode, also where the
    caller forbids it, so the start that is measured is the second one.
    """
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(BYTECODE)}
    environ = {**compiled, **environ}
    subprocess.run(
        [sys.executable, "-c", f"import {app.partition(':')[0]}"],
        check=True, cwd=ROOT, env={**os.environ, **environ},
    )  # fmt: skip
    port = free_port()
    begin = time.perf_counter()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}", "--workers", "2",
            "--preload", "--no-control-socket", "--log-level", "error",
        ],
        cwd=ROOT, env={**os.environ, **environ},
    )  # fmt: skip
    try:
        while not answers(port, path):
            if process.poll() is not None or time.perf_counter() - begin > 60:
                raise RuntimeError(f"{app} did not start")
            time.sleep(0.01)
        yield port, process.pid, time.perf_counter() - begin
    finally:
        process.terminate()
        process.wait(20)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(child) for child in found]


def pss_mib(pid: int) -> float:
    """Return the proportional set size of ``pid`` and its children, in MiB."""
    total = 0
    for one in [pid, *_children(pid)]:
        for line in Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def drive(port: int, path: str, seconds: float, cookies: list[str]) -> dict[str, float]:
    """Run the browsers in a process of their own and return what they saw."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.driver", str(port), path, str(seconds), *cookies],
        check=True, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    result: dict[str, float] = json.loads(done.stdout)
    return result

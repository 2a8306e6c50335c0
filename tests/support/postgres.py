"""A PostgreSQL for the tests: the one that ELEARN_TEST_POSTGRES_URL names, or a private cluster."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GIVEN = "ELEARN_TEST_POSTGRES_URL"


def _binaries() -> Path | None:
    """Return the folder that holds initdb and pg_ctl, newest version first."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    for folder in reversed(versions):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _run(*command: str | Path, owner: str | None) -> None:
    subprocess.run(
        command,
        check=True,
        user=owner,
        cwd="/",
        capture_output=True,
        env={"PATH": os.environ["PATH"]},
    )


@contextmanager
def cluster() -> Iterator[str | None]:
    """Give the URL of a server where databases may be made, or None when there is none."""
    if os.environ.get(GIVEN):
        yield os.environ[GIVEN]
        return
    folder = _binaries()
    if folder is None:
        yield None
        return
    # PostgreSQL refuses to run as root, so root lends it the account it was installed with.
    owner = "postgres" if os.geteuid() == 0 else None
    home = Path(tempfile.mkdtemp(prefix="elearn-pg-"))
    if owner:
        shutil.chown(home, owner)
    data = home / "data"
    options = f"-c listen_addresses='' -k {home} -c fsync=off -c max_connections=200"
    try:
        _run(
            folder / "initdb",
            "-D",
            data,
            "-U",
            "elearn",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            owner=owner,
        )
        _run(
            folder / "pg_ctl",
            "-D",
            data,
            "-w",
            "-l",
            home / "log",
            "-o",
            options,
            "start",
            owner=owner,
        )
        yield f"postgresql+psycopg://elearn@/postgres?host={home}"
        _run(folder / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop", owner=owner)
    finally:
        shutil.rmtree(home, ignore_errors=True)

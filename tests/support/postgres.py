"""A PostgreSQL for the tests: the one that ELEARN_TEST_POSTGRES_URL names, or a private cluster."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

GIVEN = "ELEARN_TEST_POSTGRES_URL"
# Tests throw their data away: no need to wait for a disk.
CARELESS = {"fsync": "off"}


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


class Cluster:
    """A private server in a folder of its own; it can be killed and started again."""

    def __init__(self, folder: Path, home: Path, settings: Mapping[str, str]) -> None:
        self.folder, self.home, self.settings = folder, home, settings
        # PostgreSQL refuses to run as root, so root lends it the account it was installed with.
        self.owner = "postgres" if os.geteuid() == 0 else None
        if self.owner:
            shutil.chown(home, self.owner)
        self._run(
            "initdb", "-U", "elearn", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )

    @property
    def url(self) -> str:
        """Return the URL of its first database."""
        return f"postgresql+psycopg://elearn@/postgres?host={self.home}"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.folder / program, "-D", self.home / "data", *arguments],
            check=True,
            user=self.owner,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"]},
        )

    def start(self) -> None:
        """Start the server and wait until it answers."""
        given = {
            "listen_addresses": "''",
            "unix_socket_directories": str(self.home),
            "max_connections": "200",
            **self.settings,
        }
        options = " ".join(f"-c {name}={value}" for name, value in given.items())
        self._run("pg_ctl", "-w", "-l", str(self.home / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop the server at once."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def kill(self) -> None:
        """Kill the server as a power cut of the process would; its children die by themselves."""
        pid = int((self.home / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        os.kill(pid, signal.SIGKILL)

    def start_again(self, patience: float = 30.0) -> None:
        """Start after ``kill``, as soon as the last orphan has let go of the shared memory."""
        until = time.monotonic() + patience
        while True:
            try:
                return self.start()
            except subprocess.CalledProcessError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)


@contextmanager
def private_cluster(settings: Mapping[str, str] = CARELESS) -> Iterator[Cluster | None]:
    """Give a running private server with ``settings``, or None where PostgreSQL is missing."""
    folder = _binaries()
    if folder is None:
        yield None
        return
    home = Path(tempfile.mkdtemp(prefix="elearn-pg-"))
    try:
        server = Cluster(folder, home, settings)
        server.start()
        yield server
        with suppress(subprocess.CalledProcessError):
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def cluster() -> Iterator[str | None]:
    """Give the URL of a server where databases may be made, or None when there is none."""
    if os.environ.get(GIVEN):
        yield os.environ[GIVEN]
        return
    with private_cluster() as server:
        yield server.url if server else None

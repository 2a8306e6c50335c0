"""What the web process must not load: libraries that only commands, jobs and rare acts need.

A worker that serves lessons costs what is loaded before it is forked. A module that needs one of
these is imported by a job handler or a command, or the library inside the function that uses it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from elearn.infra.sealing import SealKeys
from elearn.infra.signing import KeyFolder

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {
    "PIL": "only pictures that come in",
    "alembic": "only `flask db`",
    "bleach": "only texts that are published or previewed",
    "cryptography": "only certificates issued and verified",
    "docx": "jobs and commands",
    "flask_migrate": "only `flask db`",
    "fsrs": "only practice",
    "huey": "only acts that ask for a job, and the worker",
    "lxml": "jobs and commands",
    "markdown": "only texts that are published or previewed",
    "numpy": "jobs and commands",
    "obstore": "only stored files",
    "openpyxl": "not used",
    "pydantic": "only drafts and files that are checked",
    "pypdf": "only verification of files",
    "python_calamine": "only workbooks that come in",
    "reportlab": "only certificates issued and documents printed",
    "scipy": "jobs and commands",
    "segno": "only QR pictures",
    "xlsxwriter": "only tables that people take home",
    "yaml": "jobs and commands",
}


def _loaded(tmp_path: Path) -> set[str]:
    """Return the names of the modules in memory once the site is loaded as gunicorn loads it.

    Not its first start, which makes the keys.
    """
    KeyFolder(tmp_path / "keys").ensure()
    SealKeys(tmp_path / "keys").ensure()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ELEARN_")}
    done = subprocess.run(
        [sys.executable, "-c", "import wsgi, json, sys; print(json.dumps(sorted(sys.modules)))"],
        check=True,
        cwd=ROOT,
        env={**environ, "ELEARN_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Return the modules that the web process loads."""
    return _loaded(tmp_path_factory.mktemp("web"))


def test_the_site_loads(loaded: set[str]) -> None:
    assert {"elearn.app", "elearn.web.learner.lessons", "flask", "sqlalchemy"} <= loaded


@pytest.mark.parametrize(("library", "users"), HEAVY.items())
def test_heavy_libraries_are_not_loaded(loaded: set[str], library: str, users: str) -> None:
    assert library not in loaded, f"{library} is loaded with the site; needed by: {users}"


def test_commands_and_job_schedule_are_not_loaded(loaded: set[str]) -> None:
    allowed = {"elearn.cli", "elearn.cli.commands", "elearn.cli.lazy"}
    allowed |= {"elearn.worker", "elearn.worker.handlers"}
    ours = {name for name in loaded if name.startswith(("elearn.cli", "elearn.worker"))}
    assert ours == allowed

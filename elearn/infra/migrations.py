"""Migrations as the web process needs them: their head and their folder, without Alembic."""

import re
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from elearn.infra.db import db

FOLDER = Path(__file__).resolve().parents[2] / "migrations"
_EXTENSION = "migrate"
_REVISION = re.compile(r"""^(down_)?revision\s*=\s*(?:['"]([^'"]+)['"]|None)\s*$""", re.MULTILINE)


class _Settings:
    """Stands where Flask-Migrate keeps its settings, and makes them when a command asks.

    Flask-Migrate loads Alembic and Alembic every dialect of SQLAlchemy: 20 MiB no page needs.
    """

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever Flask-Migrate keeps
        from flask_migrate import Migrate  # noqa: PLC0415 - only for commands

        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's documented way
        Migrate(app, db, directory=str(FOLDER), compare_type=True, render_as_batch=True)
        return getattr(app.extensions[_EXTENSION], name)


def init_app(app: Flask) -> None:
    """Let `flask db` and Flask-Migrate's functions find the migrations of ``app``."""
    app.extensions[_EXTENSION] = _Settings()


def head(folder: Path = FOLDER) -> str:
    """Return the newest revision, read from the files of ``folder``/versions.

    Raises RuntimeError when there is none or more than one.
    """
    revisions: set[str] = set()
    parents: set[str] = set()
    for path in (folder / "versions").glob("*.py"):
        for is_parent, revision in _REVISION.findall(path.read_text(encoding="utf-8")):
            (parents if is_parent else revisions).add(revision)
    heads = sorted(revisions - parents)
    if len(heads) != 1:
        raise RuntimeError(f"{folder} must have one head, not {heads}")
    return heads[0]

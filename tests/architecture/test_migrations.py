"""Migrations make the tables of the models, and run up, down and up again on both databases."""

import os
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, make_url

from elearn.infra.db import db
from elearn.tables import metadata
from tests.conftest import fresh_database, make_app


@pytest.fixture
def empty_app(engine_url: str, tmp_path: Path) -> Flask:
    """Return the site on a database of its own without tables."""
    is_sqlite = make_url(engine_url).get_backend_name() == "sqlite"
    name = f"elearn_migrations_{os.getpid()}"
    url = f"sqlite:///{tmp_path / 'empty.db'}" if is_sqlite else fresh_database(name)
    return make_app(url, tmp_path)


def _difference(app: Flask) -> list[object]:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_migrations_equal_models_and_run_up_down_up(empty_app: Flask) -> None:
    with empty_app.app_context():
        upgrade()
    assert _difference(empty_app) == []
    with empty_app.app_context():
        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
        assert left == set()
        upgrade()
    assert _difference(empty_app) == []
    with empty_app.app_context():
        db.engine.dispose()


def test_migrations_import_nothing_of_ours() -> None:
    odd = [
        str(path)
        for path in Path("migrations/versions").glob("*.py")
        if "elearn" in path.read_text(encoding="utf-8")
    ]
    assert odd == []

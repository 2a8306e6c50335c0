"""Migrations make the tables of the models, and run up, down and up again on both databases."""

import os
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, make_url

from elearn.infra import migrations
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


def test_the_head_read_from_the_files_is_that_of_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    assert migrations.head() == ScriptDirectory.from_config(config).get_current_head()


def test_two_heads_are_refused(tmp_path: Path) -> None:
    (tmp_path / "versions").mkdir()
    for revision, parent in (("0001", "None"), ("0002", "'0001'"), ("0003", '"0001"')):
        text = f"revision = '{revision}'\ndown_revision = {parent}\n"
        (tmp_path / "versions" / f"{revision}.py").write_text(text, encoding="utf-8")
    with pytest.raises(RuntimeError, match="0002.*0003"):
        migrations.head(tmp_path)


def test_migrations_import_nothing_of_ours() -> None:
    odd = [
        str(path)
        for path in Path("migrations/versions").glob("*.py")
        if "elearn" in path.read_text(encoding="utf-8")
    ]
    assert odd == []

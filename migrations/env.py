"""Alembic over elearn's metadata, on the database of the running application."""

from alembic import context
from flask import current_app
from sqlalchemy import text

from elearn.infra.db import UTCDateTime

IGNORED_PREFIXES = ("huey_", "sqlite_")


def is_ours(_object, name, kind, _reflected, _compare_to):
    """Leave tables alone that libraries keep in the same database."""
    return not (kind == "table" and name.startswith(IGNORED_PREFIXES))


def plain_types(kind, item, _autogen_context):
    """Write our own column types as what the database sees; migrations import nothing of ours."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def drop_empty_revision(_context, _revision, directives):
    """Write no file when nothing has changed."""
    is_revision = getattr(context.config.cmd_opts, "autogenerate", False)
    if is_revision and directives and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def run() -> None:
    """Run the migrations on one connection.

    SQLite rebuilds a table to alter it; with foreign keys on, that would delete the children of
    every row, so they are off while we migrate and checked afterwards.
    """
    engine = current_app.extensions["migrate"].db.engine
    is_sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if is_sqlite:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=current_app.extensions["elearn_tables"],
            include_object=is_ours,
            process_revision_directives=drop_empty_revision,
            render_item=plain_types,
            compare_type=True,
            render_as_batch=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if is_sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
            raise RuntimeError("The migration broke a foreign key; nothing was kept.")
        connection.commit()
        if is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.rollback()


run()

"""Warming up before workers are forked: reads and renders, writes nothing, never stops a start."""

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.infra.db import db
from elearn.progress.models import LessonMark
from elearn.web.warmup import warm_up
from tests.conftest import make_app
from tests.factories.curriculum import make_lesson, make_module
from tests.support.statements import recorded


def _forget_templates(app: Flask) -> None:
    assert app.jinja_env.cache is not None
    app.jinja_env.cache.clear()


def _has_compiled(app: Flask, name: str) -> bool:
    return any(template.name == name for template in app.jinja_env.cache.values())


def test_a_lesson_is_read_and_rendered_and_nothing_is_written(app: Flask, session: Session) -> None:
    make_lesson(session, make_module(session))
    session.commit()
    _forget_templates(app)
    with recorded() as statements:
        warm_up(app)
    assert _has_compiled(app, "learner/lesson.html")
    assert statements
    assert all(statement.lstrip().startswith(("SELECT", "select")) for statement in statements)
    assert session.scalar(select(func.count()).select_from(LessonMark)) == 0


def test_no_connection_is_left_open_for_workers_to_share(app: Flask, session: Session) -> None:
    make_lesson(session, make_module(session))
    session.commit()
    warm_up(app)
    assert db.engine.pool.checkedin() == 0


def test_a_site_without_lessons_or_tables_starts(app: Flask, tmp_path: Path) -> None:
    warm_up(app)
    bare = make_app(f"sqlite:///{tmp_path / 'bare.db'}", tmp_path)
    warm_up(bare)
    assert bare.test_client().get("/healthz").status_code == 200
    with bare.app_context():
        db.engine.dispose()

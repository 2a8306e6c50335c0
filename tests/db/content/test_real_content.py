"""The content of the repository itself loads, and loading it again changes nothing."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.models import Question, QuestionVersion
from elearn.curriculum.models import Lesson, LessonVersion
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.workflows.sync_content import load

CONTENT = Path("content")


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_loading_twice_changes_nothing(app: Flask, session: Session) -> None:
    first = load(SYSTEM, CONTENT, now=utc_now())
    assert first.applied
    assert [str(problem) for problem in first.problems] == []
    lessons, questions = count(session, Lesson), count(session, Question)
    assert lessons >= 3
    assert questions >= 30
    second = load(SYSTEM, CONTENT, now=utc_now())
    assert not second.changed_anything
    assert count(session, LessonVersion) == lessons
    assert count(session, QuestionVersion) == questions


def test_the_command_says_what_it_did(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["content", "load"])
    assert result.exit_code == 0
    lessons = len(list(CONTENT.glob("modules/*/*.md")))
    assert f"bài học: {lessons} mới" in result.output
    assert "Không có gì thay đổi." in runner.invoke(args=["content", "load"]).output

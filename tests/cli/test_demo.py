"""`flask demo load` on the real content: the province is there once, however often it is loaded."""

from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.accounts.models import User
from elearn.assessment.rounds.models import Round, RoundExaminee
from elearn.org.models import Person, Unit
from elearn.progress.models import ProgrammeCompletion


def _counts(session: Session) -> list[int | None]:
    session.rollback()
    tables = (Unit, Person, User, ProgrammeCompletion, Round, RoundExaminee)
    return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_loading_twice_changes_nothing(runner: FlaskCliRunner, session: Session) -> None:
    assert runner.invoke(args=["content", "load"]).exit_code == 0
    first = runner.invoke(args=["demo", "load", "--officials", "300"])
    assert first.exit_code == 0, first.output
    assert "hocvien" in first.output
    counts = _counts(session)
    assert counts[1] == 300
    assert counts[2] == 10
    assert counts[4] == 1
    assert counts[5]

    second = runner.invoke(args=["demo", "load", "--officials", "300"])
    assert second.exit_code == 0, second.output
    assert _counts(session) == counts


def test_another_province_is_refused_whole(runner: FlaskCliRunner, session: Session) -> None:
    runner.invoke(args=["content", "load"])
    runner.invoke(args=["demo", "load", "--officials", "300"])
    counts = _counts(session)
    other = runner.invoke(args=["demo", "load", "--officials", "300", "--seed", "7"])
    assert other.exit_code == 1
    assert "Không nạp được tỉnh mẫu" in other.output
    assert _counts(session) == counts


def test_too_few_officials_are_told(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["demo", "load", "--officials", "10"])
    assert result.exit_code == 1
    assert "ít nhất 300" in result.output

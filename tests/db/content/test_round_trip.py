"""Exporting and loading: what was loaded comes out, and comes in again without a change."""

import shutil
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict
from elearn.workflows.sync_content import export, load, read_checked
from tests.support.content import write_folder

CONTENT = Path("content")


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(params=["real", "every type"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return CONTENT if request.param == "real" else write_folder(tmp_path / "source")


def test_an_export_loads_without_a_change(source: Path, app: Flask, tmp_path: Path) -> None:
    assert load(SYSTEM, source, now=utc_now()).applied
    export(tmp_path / "one")
    exported = tmp_path / "one" / "content"
    assert [str(problem) for problem in read_checked(exported).errors] == []
    report = load(SYSTEM, exported, now=utc_now())
    assert report.applied
    assert not report.changed_anything
    export(tmp_path / "two")
    assert files_of(tmp_path / "two") == files_of(tmp_path / "one")


def test_an_export_says_what_the_source_says(source: Path, app: Flask, tmp_path: Path) -> None:
    load(SYSTEM, source, now=utc_now())
    export(tmp_path)
    before, after = read_checked(source), read_checked(tmp_path / "content")
    for kind in ("legal", "facts", "articles", "modules", "lessons", "programmes"):
        assert [entry.content for entry in getattr(after, kind)] == [
            entry.content for entry in getattr(before, kind)
        ]
    for kind in ("questions", "papers", "enemies"):
        assert [entry.content for entry in getattr(after, kind)] == [
            entry.content for entry in getattr(before, kind)
        ]
    assert [(file.path, file.sha256) for file in after.pictures] == [
        (file.path, file.sha256) for file in before.pictures
    ]


def test_an_export_is_written_over_an_earlier_one(app: Flask, tmp_path: Path) -> None:
    load(SYSTEM, CONTENT, now=utc_now())
    export(tmp_path)
    before = files_of(tmp_path)
    export(tmp_path)
    assert files_of(tmp_path) == before


def test_an_export_refuses_a_folder_with_other_files(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "la.yaml").write_text("x: 1\n", encoding="utf-8")
    with pytest.raises(Conflict, match="content.strange_file"):
        export(tmp_path)


def test_the_command_exports(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    runner.invoke(args=["content", "load"])
    result = runner.invoke(args=["content", "export", str(tmp_path / "x")])
    assert result.exit_code == 0
    assert (tmp_path / "x/quizzes/papers/m0-test.yaml").is_file()
    shutil.rmtree(tmp_path / "x")

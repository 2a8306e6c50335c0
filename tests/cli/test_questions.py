"""`flask questions import`: the JSON of design.md 5.1, drafts that wait, all or nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.assessment.models import Question
from elearn.authoring.models import Draft, DraftEvent, DraftState
from elearn.infra.models import AuditEntry
from tests.factories.assessment import make_question
from tests.factories.curriculum import make_module

GIFT = """// [tag:level=APPLY]
::Hai giai đoạn::Chương trình tổng thể gồm mấy giai đoạn? {
~Một #Chưa đúng. =Hai ~Ba
####Mỗi giai đoạn năm năm.}

Nghị quyết 76/NQ-CP do Chính phủ ban hành. {T}
"""


@pytest.fixture(autouse=True)
def module(session: Session) -> None:
    make_module(session, "m1-cchc")


def _write(folder: Path, text: str, name: str = "cau-hoi.txt") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _run(runner: FlaskCliRunner, path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    args = ["questions", "import", str(path), "--bank", "m1-cchc", "--json", *options]
    result = runner.invoke(args=args)
    return result.exit_code, json.loads(result.stdout)


def _drafts(session: Session) -> list[Draft]:
    session.rollback()
    return list(session.scalars(select(Draft).order_by(Draft.code)))


def test_questions_become_drafts_with_codes_of_the_bank(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    path = _write(tmp_path, GIFT)
    assert _run(runner, path) == (
        0,
        {"imported": 2, "duplicates": 0, "errors": [], "applied": True},
    )
    first, second = _drafts(session)
    assert [first.code, second.code] == ["m1-cchc-i-001", "m1-cchc-i-002"]
    assert (first.state, first.module_code, first.base_number) == (
        DraftState.EDITING,
        "m1-cchc",
        None,
    )
    assert first.content["level"] == "APPLY"
    assert first.content["body"] == {
        "stem": "Chương trình tổng thể gồm mấy giai đoạn?",
        "options": [
            {"text": "Một", "correct": False, "feedback": "Chưa đúng."},
            {"text": "Hai", "correct": True},
            {"text": "Ba", "correct": False},
        ],
        "explanation": "Mỗi giai đoạn năm năm.",
    }
    assert second.content["body"]["answer"] is True
    assert session.scalar(select(func.count()).select_from(Question)) == 0
    comments = list(session.scalars(select(DraftEvent.comment)))
    assert comments == ["Nhập từ tệp cau-hoi.txt"] * 2
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "questions.import")).one()
    assert entry.details["imported"] == 2


def test_the_same_file_again_adds_nothing(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    path = _write(tmp_path, GIFT)
    _run(runner, path)
    assert _run(runner, path)[1] == {
        "imported": 0,
        "duplicates": 2,
        "errors": [],
        "applied": True,
    }
    assert len(_drafts(session)) == 2


def test_duplicates_are_found_among_published_questions_and_in_the_file(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    make_question(session, "m1-001", module_code="m1-cchc")
    text = (
        "CAU HOI THU {~phuong an B =Phương án a ~ phuong  án C. ~Phương án d}\n\nX? {T}\n\nx {F}\n"
    )
    report = _run(runner, _write(tmp_path, text))[1]
    assert (report["imported"], report["duplicates"]) == (1, 2)


def test_a_dry_run_writes_nothing(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    report = _run(runner, _write(tmp_path, GIFT), "--dry-run")[1]
    assert (report["imported"], report["applied"]) == (2, False)
    assert _drafts(session) == []


def test_one_error_and_nothing_is_written(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    path = _write(tmp_path, GIFT + "\nBa phần? {~%60%A ~%40%B ~C}\n")
    exit_code, report = _run(runner, path)
    assert exit_code == 1
    assert (report["imported"], report["applied"]) == (0, False)
    (error,) = report["errors"]
    assert (error["line"], error["question"], error["code"]) == (8, "3", "weights")
    assert error["message"].startswith("Các phương án có trọng số điểm khác nhau")
    assert _drafts(session) == []


YAML = """questions:
  - id: m1-900
    type: true_false
    level: RECALL
    lesson: l1
    skills: [S1]
    citations: []
    stem: "Đúng không?"
    answer: %s
    explanation: "Vì thế."
"""


def test_a_bank_file_keeps_its_ids_and_refuses_a_taken_one(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    assert _run(runner, _write(tmp_path, YAML % "true", "b.yaml"))[1]["imported"] == 1
    assert [draft.code for draft in _drafts(session)] == ["m1-900"]
    other = (YAML % "true").replace("Đúng không?", "Câu khác?")
    exit_code, report = _run(runner, _write(tmp_path, other, "c.yaml"))
    assert exit_code == 1
    assert [(each["line"], each["question"], each["code"]) for each in report["errors"]] == [
        (2, "m1-900", "id.taken")
    ]


def test_a_problem_of_a_bank_file_has_its_line(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    exit_code, report = _run(runner, _write(tmp_path, YAML % '"yes"', "b.yaml"))
    assert exit_code == 1
    assert report["errors"] == [
        {
            "line": 9,
            "question": "m1-900",
            "code": "question.invalid",
            "message": "Đáp án: phải là true hoặc false",
        }
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"%PDF-1.7", "file.kind"),
        (b"PK\x03\x04broken", "file.damaged"),
        (b"Nguy\xd4n V\xa8n A {T}", "file.charset"),
        ("Chỉ có chữ.".encode(), "file.no_questions"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path, content: bytes, code: str
) -> None:
    path = tmp_path / "tep.gift"
    path.write_bytes(content)
    exit_code, report = _run(runner, path)
    assert exit_code == 1
    assert [error["code"] for error in report["errors"]] == [code]


def test_an_unknown_bank_or_file_is_told(
    app: Flask, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    assert _run(runner, tmp_path / "khong-co.txt")[1]["errors"][0]["code"] == "file.missing"
    path = _write(tmp_path, GIFT)
    result = runner.invoke(args=["questions", "import", str(path), "--bank", "m9", "--json"])
    assert json.loads(result.stdout)["errors"][0]["code"] == "module.unknown"
    assert result.exit_code == 1


def test_people_read_sentences(app: Flask, runner: FlaskCliRunner, tmp_path: Path) -> None:
    args = ["questions", "import", str(_write(tmp_path, GIFT)), "--bank", "m1-cchc"]
    assert runner.invoke(args=args).stdout == (
        "Câu hỏi mới: 2. Đã có trong ngân hàng: 0.\nĐã nhập thành bản nháp.\n"
    )

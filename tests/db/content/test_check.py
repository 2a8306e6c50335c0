# ruff: noqa: E501 - one fault a line
"""`flask content check`: one line per problem, with file and line, and never a stack trace."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.curriculum.models import LegalDocument
from elearn.workflows.sync_content import read_checked
from tests.support.content import Changes, changed, text_of, write_folder

LESSON = "content/modules/01-mot/01-bai.md"
LEGAL = "content/legal/thu.yaml"
MODULE = "content/modules/01-mot/module.yaml"
PROGRAMME = "content/programmes/thu-2021.yaml"
BANK = "quizzes/bank/mot.yaml"
PAPER = "quizzes/papers/mot-test.yaml"
ENEMIES = "quizzes/enemies.yaml"
FACTS = "content/facts.yaml"


def problems(tmp_path: Path, changes: Changes) -> list[str]:
    tree = read_checked(write_folder(tmp_path, changes))
    return [str(problem) for problem in tree.errors]


def test_the_sample_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, {}) == []


FAULTS = [
    # ---- bytes
    (LESSON, "", 1, "tệp trống"),
    (LEGAL, "  \n\n", 1, "tệp trống"),
    (LEGAL, text_of(LEGAL).encode("utf-16"), 1, "UTF-16"),
    (LEGAL, text_of(LEGAL).encode("utf-16-be"), 1, "UTF-16"),
    (BANK, "questions:\n- id: a\n  stem: Tiếng".encode("cp1258", "ignore") + b"\xea", 3, "không phải UTF-8"),
    (LEGAL, text_of(LEGAL).replace("thử", "th\x00ử"), 1, "UTF-16"),
    (LEGAL, text_of(LEGAL).replace("Về việc", "Về\u202e việc"), 7, "ký tự ẩn U+202E"),
    (BANK, "a" * 6_000_000, 1, "lớn hơn 5 MB"),
    # ---- YAML
    (LEGAL, ("number: 1", "\tnumber: 1"), 3, "dấu tab"),
    (LEGAL, ("    number: 1/QĐ", "  \t  number: 1/QĐ"), 3, "dấu tab"),
    (LEGAL, ("    type: Quyết định\n", "    type: Quyết định\n    type: Thông tư\n"), 5, "“type” được viết hai lần"),
    (LEGAL, ("number: 1/QĐ-UBND", "number: Số: 1"), 3, "dấu hai chấm"),
    (LEGAL, ("number: 1/QĐ-UBND", 'number: "1/QĐ-UBND'), 7, "viết sai cú pháp"),
    (LEGAL, ("number: 1/QĐ-UBND", "number: &a 1/QĐ-UBND"), 3, "neo “&”"),
    (LEGAL, ("replaced_by: [2-QD-2025]", "replaced_by: *a"), 11, "bí danh"),
    (LEGAL, ("number: 1/QĐ-UBND", "number: !!binary abc"), 3, "thẻ kiểu"),
    (LEGAL, ("number: 1/QĐ-UBND", "number: !!python/object/apply:os.system [x]"), 3, "phải là chữ"),
    (LEGAL, ("number: 1/QĐ-UBND", "number: 012"), 3, "dấu nháy kép"),
    (LEGAL, ("number: 1/QĐ-UBND", "number: 1:30"), 3, "dấu nháy kép"),
    (LEGAL, ("number: 1/QĐ-UBND", "number: no"), 3, "dấu nháy kép"),
    (LEGAL, ("number: 1/QĐ-UBND", "number: 2024"), 3, "number: phải là chữ"),
    (LEGAL, ("number: 1/QĐ-UBND", "number: 2024-01-01"), 3, "number: phải là chữ"),
    (LEGAL, ("issued_on: 2021-02-02", "issued_on: 2021-02-30"), 6, "không có ngày 2021-02-30"),
    (LEGAL, ("issued_on: 2021-02-02", "issued_on: 2021-02-02 10:00:00"), 6, "dấu nháy kép"),
    (LEGAL, ("issued_on: 2021-02-02", "issued_on: ngày 2"), 6, "issued_on: phải là ngày"),
    (LEGAL, "---\ndocuments: []\n---\ndocuments: []\n", 3, "một tài liệu YAML"),
    (LEGAL, "- 1\n- 2\n", 1, "danh sách “documents:”"),
    (LEGAL, "documents: []\nghi-chu: x\n", 2, "ghi-chu: mục này không có"),
    (FACTS, "[" * 200 + "]" * 200, 1, "lồng nhau"),
    # ---- shapes
    (LEGAL, ("    issuer: Ủy ban nhân dân tỉnh Thử\n", ""), 2, "issuer: thiếu mục này"),
    (LEGAL, ("    issuer:", "    isuer:"), 5, "isuer: mục này không có trong quy định"),
    (LEGAL, ("status: REPLACED", "status: OLD"), 10, "status: chỉ nhận một trong"),
    (LEGAL, ("code: 1-QD-2021", "code: 1 QĐ"), 2, "code: "),
    (LEGAL, ("in_force_to: 2025-07-01", "in_force_to: 2020-07-01"), 2, "in_force_to phải sau"),
    (MODULE, ("code: mot", "code: Mot"), 1, "code: "),
    (MODULE, ("areas: [PAR_PROCEDURES]", "areas: [TTHC]"), 6, "areas.0: chỉ nhận"),
    (MODULE, ("title: Chuyên đề một", "title: '  '"), 2, "title: không được để trống"),
    (LESSON, ("minutes: 15", 'minutes: "15"'), 4, "minutes: phải là số nguyên"),
    (LESSON, ("level: RECALL", "level: NB"), 6, "outcomes.0.level: chỉ nhận"),
    (LESSON, ("---\n\n##", "\n\n##"), 1, "chưa được đóng"),
    (LESSON, ("---\nid", "id"), 1, "mở đầu bằng phần khai báo"),
    (LESSON, ("in_force_as_of: 2026-06-30", "in_force_as_of: nay"), 11, "in_force_as_of: phải là ngày"),
    (PROGRAMME, ("duties: [ONE_STOP, PAR_FOCAL]", "duties: [ONE_STOP], position_types: [LEADER]"), 14, "không cả hai"),
    (PROGRAMME, ("{duties: [ONE_STOP], unit_kinds: []}", "{unit_kinds: []}"), 19, "“duties” hoặc “position_types”"),
    (PROGRAMME, ("unit_kinds: [DISTRICT", "unit_kinds: [HUYEN"), 14, "unit_kinds.0: chỉ nhận"),
    (PROGRAMME, ("position_types: [LEADER]", "position_types: [SEP]"), 15, "position_types.0: chỉ nhận"),
    (PROGRAMME, ("valid_to: 2025-07-01", "valid_to: 2021-01-01"), 10, "valid_to phải sau"),
    (PROGRAMME, ("percent: 85", "percent: 850"), 22, "percent: không được quá 100"),
    (PROGRAMME, ("from: 2021-01-01, to: null", "from: 2021-01-01"), 5, "period.to: thiếu"),
    (PROGRAMME, ("exclusions: in", "exclusions: maybe"), 29, "exclusions: chỉ nhận"),
    (BANK, ("type: single_choice", "type: single"), 3, "type: chỉ nhận một trong"),
    (BANK, ('correct: true, feedback: "Đúng rồi"', "correct: false"), 2, "đúng một phương án đúng"),
    (BANK, ('answer: "90.61"', 'answer: "90,61"'), 26, "answer: phải là một số"),
    (BANK, ("answer: false", 'answer: "false"'), 22, "answer: phải là true hoặc false"),
    (BANK, ("{{2}}", "{{3}}"), 27, "không khớp với “blanks”"),
    (BANK, ("match: folded", "match: fuzzy"), 25, "match: chỉ nhận"),
    (BANK, ("stem: \"Đúng?\", answer: true", "stem: \"Đúng?\", answer: 1"), 37, "questions.0.answer: phải là true"),
    (BANK, ('explanation: "Vì thế."', 'explanation: "' + "a" * 1_000_000 + '"'), 18, "explanation: dài quá"),
    (PAPER, ("count: 1", "count: 0"), 13, "count: phải từ 1"),
    (PAPER, ("module: mot, level", "level"), 13, "phải nêu module"),
    (PAPER, ("feedback: AFTER_SUBMIT", "feedback: SOMETIMES"), 9, "feedback: chỉ nhận"),
    # ---- references
    (LESSON, ("citations: [1-QD-2021, ", "citations: [9-QD-2021, "), 10, "không có văn bản “9-QD-2021”"),
    (LESSON, ("[@1-QD-2021:D1]", "[@9-QD-2021:D1]"), 16, "không có văn bản “9-QD-2021”"),
    (LESSON, ("[@1-QD-2021:D1]", "[@1-QD-2021 D1]"), 16, "trích dẫn viết sai"),
    (LESSON, (":::law 1-QD-2021", ":::law 9-QD-2021"), 20, "không có văn bản “9-QD-2021”"),
    (LESSON, ("facts: [F1", "facts: [F9"), 9, "không có dữ kiện “F9”"),
    (LESSON, (":::check mot-001", ":::check mot-999"), 24, "không có câu hỏi “mot-999”"),
    (LESSON, (":::check mot-001", ":::check mot-001\n\n:::check mot-001"), 26, "đứng hai lần"),
    (LESSON, ("Điều hai.\n:::", "Điều hai."), 20, "chưa được đóng"),
    (LESSON, (":::law 1-QD-2021:D2", ":::luat"), 20, "không có khối “:::luat”"),
    (LESSON, ("![Sơ đồ]", "![]"), 18, "thiếu mô tả thay thế"),
    (LESSON, ("media/so-do.svg", "media/khac.svg"), 18, "không có hình media/khac.svg"),
    (LESSON, ("[^1]: Giải thích.", ""), 26, "[^1] chưa được viết"),
    (LESSON, ("Điều hai.", "Điều hai. " * 100_000), 14, "Văn bản dài 1000"),
    (LESSON, ("Điều hai.", "Điều hai. " * 3_000), 14, "Có đoạn dài quá 20000 ký tự"),
    (MODULE, ("test: mot-test", "test: de-khac"), 9, "không có đề “de-khac”"),
    (LEGAL, ("replaced_by: [2-QD-2025]", "replaced_by: [3-QD-2025]"), 11, "không có văn bản “3-QD-2025”"),
    (LEGAL, ("replaced_by: []", "replaced_by: [1-QD-2021]"), 21, "thành vòng"),
    (LEGAL, ("code: 2-QD-2025", "code: 1-QD-2021"), 12, "đã dùng ở content/legal/thu.yaml:2"),
    (PROGRAMME, ("code: G2", "code: ALL"), 20, "ALL dành riêng"),
    (PROGRAMME, ("code: G2", "code: G1"), 20, "“G1” bị dùng hai lần"),
    (PROGRAMME, ("group: G1", "group: G9"), 23, "không có nhóm “G9”"),
    (PROGRAMME, ("groups: [G1, G2]", "groups: [G1, G9]"), 26, "không có nhóm “G9”"),
    (PROGRAMME, ("module: hai", "module: ba"), 26, "không có chuyên đề “ba”"),
    (PROGRAMME, ("module: hai", "module: mot"), 26, "đứng hai lần trên lộ trình"),
    (PROGRAMME, ("code: thu-2021", "code: thu-2022"), 1, "tên tệp phải là thu-2022.yaml"),
    (PROGRAMME, ("legal_basis: [1-QD-2021]", "legal_basis: [7-QD]"), 3, "không có văn bản “7-QD”"),
    (BANK, ("lesson: bai-mot", "lesson: bai-xa"), 5, "không có bài học “bai-xa”"),
    (BANK, ("module: hai", "module: xa"), 41, "không có chuyên đề “xa”"),
    (BANK, ("lesson: bai-ba", "lesson: bai-mot"), 41, "không thuộc chuyên đề “hai”"),
    (BANK, ("id: mot-003", "id: mot-001"), 22, "đã dùng ở quizzes/bank/mot.yaml:2"),
    (BANK, ("media/hinh-hoi.svg", "media/la.svg"), 24, "không có hình media/la.svg"),
    (PAPER, ("lesson: bai-mot", "lesson: bai-xa"), 14, "không có bài học “bai-xa”"),
    (PAPER, ("mot-004,", "mot-404,"), 17, "không có câu hỏi “mot-404”"),
    (PAPER, ("mot-004,", "mot-005,"), 17, "câu hỏi bị lặp lại"),
    (PAPER, ("level: RECALL, count: 1", "level: RECALL, count: 9"), 13, "cùng cần 10 câu nhưng ngân hàng chỉ có 2 câu khác nhau cho chúng, thiếu 8"),
    (PAPER, ("skill: S1, count: 1", "skill: S1, count: 2"), 15, "ngân hàng chỉ có 1 câu cho ô này, cần 2"),
    (PAPER, ("level: RECALL, count: 1", "level: RECALL, count: 2"), 13, "các ô phần 1 ô 1 (module mot, level RECALL); phần 1 ô 3 (skill S1) tranh nhau: cùng cần 3 câu nhưng ngân hàng chỉ có 2 câu khác nhau cho chúng, thiếu 1"),
    (PAPER, ("questions: [mot-004, mot-005]", "questions: [mot-001, mot-005]"), 17, "“mot-001” là câu kiểm tra nhanh trong một bài học"),
    (PAPER, ("questions: [mot-004, mot-005]", "questions: [mot-006, mot-007]"), 17, "“mot-007” không được cùng đề với “mot-006”"),
    (ENEMIES, ("mot-006", "mot-999"), 2, "không có câu hỏi “mot-999”"),
    (ENEMIES, ("[mot-006, mot-007]", "[mot-006]"), 2, "phải có ít nhất 2 phần tử"),
    (ENEMIES, ("  - [mot-006, mot-007]", "  - [mot-006, mot-007]\n  - [mot-007, mot-008]"), 3, "“mot-007” đã thuộc nhóm thứ 1; hãy gộp hai nhóm làm một"),
    (PAPER, ("code: mot-test", "code: mot-khac"), 1, "tên tệp phải là mot-khac.yaml"),
    ("content/modules/01-mot/03-bai.md", ("id: bai-hai", "id: bai-mot"), 2, "đã dùng ở content/modules/01-mot/01-bai.md:2"),
    ("content/modules/02-hai/module.yaml", ("code: hai", "code: mot"), 1, "đã dùng ở content/modules/01-mot/"),
    # ---- places
    ("content/modules/01-mot/02-bai.txt", "x", 1, "không được đọc"),
    ("content/legal/khac.yml", "x", 1, "không được đọc"),
    ("content/modules/01-mot/bai.md", text_of(LESSON).replace("id: bai-mot", "id: bai-x"), 1, "tên tệp phải có dạng"),
    ("content/modules/01-mot/01-z.md", text_of(LESSON).replace("id: bai-mot", "id: bai-x"), 1, "số thứ tự 01 đã dùng"),
    ("content/modules/03-ba/01-b.md", text_of(LESSON).replace("id: bai-mot", "id: bai-x"), 1, "thiếu tệp module.yaml"),
    ("content/modules/01-mot/media/thua.svg", text_of("content/modules/01-mot/media/so-do.svg"), 1, "không được bài học hay câu hỏi nào dùng"),
    ("content/modules/01-mot/media/so-do.svg", "<svg><script/></svg>", 1, "không phải là hình"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "fault", "line", "words"), FAULTS)
def test_a_fault_is_reported_with_its_line(
    tmp_path: Path,
    name: str,
    fault: str | bytes | tuple[str, str],
    line: int,
    words: str,
) -> None:
    changes = changed(name, *fault) if isinstance(fault, tuple) else {name: fault}
    found = problems(tmp_path, changes)
    place = f"{name}:{line}: "
    if "module.yaml" in words:
        place = f"{Path(name).parent.as_posix()}:{line}: "
    assert [text for text in found if text.startswith(place) and words in text], found


def test_decomposed_letters_are_composed_with_a_note(tmp_path: Path) -> None:
    changes = changed(LEGAL, "title: Về việc", "title: Vê\u0300 viê\u0323c")
    tree = read_checked(write_folder(tmp_path, changes))
    assert tree.errors == []
    assert [str(note) for note in tree.notes if note.path == LEGAL] == [
        f"{LEGAL}:17: ghi chú: chữ tổ hợp (NFD) được đọc thành chữ dựng sẵn (NFC)"
    ]
    assert tree.legal[1].content.title == "Về việc thử bản hai"


def test_a_mark_of_utf8_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbf" + text_of(LESSON).replace("\n", "\r\n").encode()
    assert problems(tmp_path, {LESSON: content}) == []


def test_without_quizzes_their_codes_are_not_looked_up(tmp_path: Path) -> None:
    names = ("quizzes/bank/mot.yaml", "quizzes/papers/mot-test.yaml")
    folder = write_folder(tmp_path, dict.fromkeys(names))
    (tmp_path / "content/modules/01-mot/media/hinh-hoi.svg").unlink()
    for name in ("bank", "papers"):
        (tmp_path / "quizzes" / name).rmdir()
    (tmp_path / "quizzes/enemies.yaml").unlink()
    (tmp_path / "quizzes").rmdir()
    assert read_checked(folder).errors == []


def test_html_in_markdown_is_a_note(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, changed(LESSON, "Chú thích", "<script>x</script> Chú thích"))
    tree = read_checked(folder)
    assert tree.errors == []
    assert [note.line for note in tree.notes if note.path == LESSON] == [26]


def test_the_command_lists_problems_and_fails(runner: FlaskCliRunner, tmp_path: Path) -> None:
    folder = write_folder(tmp_path, changed(LEGAL, "status: REPLACED", "status: OLD"))
    result = runner.invoke(args=["content", "check", "--path", str(folder)])
    assert result.exit_code == 1
    line = result.output.splitlines()[0]
    assert line.startswith(f"{folder}/legal/thu.yaml:10: status: chỉ nhận một trong: IN_FORCE, ")


def test_the_command_counts_what_is_right(runner: FlaskCliRunner, tmp_path: Path) -> None:
    result = runner.invoke(args=["content", "check", "--path", str(write_folder(tmp_path))])
    assert result.exit_code == 0
    assert "2 chuyên đề, 3 bài học, 12 câu hỏi, 1 đề, 1 chương trình" in result.output


def test_a_missing_folder_is_said(runner: FlaskCliRunner, tmp_path: Path) -> None:
    result = runner.invoke(args=["content", "check", "--path", str(tmp_path / "khong")])
    assert result.exit_code == 1
    assert "không có thư mục nội dung này" in result.output


def test_nothing_is_loaded_while_there_is_a_problem(
    app: Flask, session: Session, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    folder = write_folder(tmp_path, changed(PROGRAMME, "module: hai", "module: ba"))
    result = runner.invoke(args=["content", "load", "--path", str(folder)])
    assert result.exit_code == 1
    assert "không có chuyên đề “ba”" in result.output
    assert session.scalar(select(func.count()).select_from(LegalDocument)) == 0

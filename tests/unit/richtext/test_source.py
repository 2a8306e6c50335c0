"""Findings in a Markdown text carry their line."""

import pytest

from elearn.infra.richtext_source import Finding, Kind, scan


def test_references_are_found_with_their_lines() -> None:
    text = "Theo [@227-QD:D1].\n\n![Sơ đồ](media/a.svg)\n\n:::check c-1\n\n:::law 61-ND\nx\n:::\n"
    assert scan(text) == [
        Finding(Kind.CITATION, 1, "227-QD:D1"),
        Finding(Kind.PICTURE, 3, "a.svg"),
        Finding(Kind.CHECK, 5, "c-1"),
        Finding(Kind.CITATION, 7, "61-ND"),
    ]


def test_code_holds_no_references() -> None:
    assert scan("`[@227-QD:D1]`\n\n~~~\n:::note\n[@x]\n~~~\n") == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n:::note\nb", 2, "chưa được đóng"),
        ("a\n:::", 2, "không đóng khối nào"),
        (":::hop\nb\n:::", 1, "không có khối “:::hop”"),
        (":::check", 1, ":::check phải kèm mã"),
        (":::check M0_1", 1, ":::check phải kèm mã"),
        (":::law\nb\n:::", 1, ":::law phải kèm văn bản"),
        (":::note Tiêu đề\nb\n:::", 1, "phải đứng một mình"),
        ("x [@ 227]", 1, "trích dẫn viết sai"),
        ("x [@227-QD:", 1, "trích dẫn viết sai"),
        ("\n![](media/a.svg)", 2, "thiếu mô tả thay thế"),
        ("![a](../a.svg)", 1, "phải nằm trong thư mục media/"),
        ("![a](https://vidu.example/a.png)", 1, "phải nằm trong thư mục media/"),
        ("x[^1]", 1, "[^1] chưa được viết"),
        ("x\n\n[^1]: y", 3, "[^1] không được nhắc tới"),
        ("x[^1]\n\n[^1]: y\n[^1]: z", 4, "[^1] được viết hai lần"),
    ],
)
def test_problems_are_found_with_their_lines(text: str, line: int, words: str) -> None:
    problems = [finding for finding in scan(text) if finding.kind is Kind.PROBLEM]
    assert [problem.line for problem in problems] == [line]
    assert words in problems[0].value


def test_html_that_will_vanish_is_noted() -> None:
    assert scan("a\n<iframe src=x></iframe> <b>đậm</b>") == [
        Finding(Kind.NOTE, 2, "thẻ HTML <iframe> không được dùng và sẽ bị bỏ")
    ]

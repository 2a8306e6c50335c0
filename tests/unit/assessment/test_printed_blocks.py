"""Published HTML as blocks for paper: no text is lost, lists and tables keep their form."""

from html import escape

from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.printing.blocks import (
    Grid,
    Paragraph,
    Picture,
    Style,
    blocks_of,
    runs_of,
    text_of,
)


def test_paragraphs_and_their_looks() -> None:
    (first, second) = blocks_of(
        "<p>Một <strong>hai <em>ba</em></strong></p>\n<p>H<sub>2</sub>O</p>"
    )
    assert [(run.text, run.style) for run in first.runs] == [
        ("Một ", Style()),
        ("hai ", Style(is_bold=True)),
        ("ba", Style(is_bold=True, is_italic=True)),
    ]
    assert second.runs[1].style == Style(is_sub=True)


def test_lists_are_marked_and_indented() -> None:
    blocks = blocks_of("<ol start='3'><li>a<ul><li>b</li></ul></li><li>c</li></ol>")
    assert [(each.mark, text_of(each.runs), each.indent) for each in blocks] == [
        ("3.", "a", 0),
        ("•", "b", 1),
        ("4.", "c", 0),
    ]


def test_tables_keep_rows_and_head() -> None:
    (grid,) = blocks_of(
        "<table><thead><tr><th>Năm</th><th>Hồ sơ</th></tr></thead>"
        "<tbody><tr><td>2024</td><td>40</td></tr></tbody></table>"
    )
    assert isinstance(grid, Grid)
    assert grid.has_head
    assert [[text_of(cell) for cell in row] for row in grid.rows] == [
        ["Năm", "Hồ sơ"],
        ["2024", "40"],
    ]


def test_pictures_keep_their_words() -> None:
    blocks = blocks_of('<p>Xem <img src="/media/a.png" alt="Sơ đồ"> rồi trả lời</p>')
    assert blocks[1] == Picture("/media/a.png", "Sơ đồ")
    assert text_of(runs_of('a<br>b <img src="x" alt="hình">')) == "a\nb\n[hình]"


@given(st.lists(st.text(alphabet="aàậđ<&> \n", min_size=1, max_size=12), min_size=1, max_size=6))
def test_no_text_is_lost(parts: list[str]) -> None:
    html = "".join(f"<p>{escape(part)}</p>" for part in parts)
    blocks = blocks_of(html)
    assert all(isinstance(block, Paragraph) for block in blocks)
    told = "".join(text_of(block.runs) for block in blocks).split()
    assert "".join(told) == "".join("".join(parts).split())

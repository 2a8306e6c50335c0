"""The Markdown of lessons and questions: callouts, citations, checks, pictures, footnotes."""

import pytest

from elearn.infra import richtext, richtext_html
from elearn.infra.richtext import (
    CheckSlot,
    plain_text,
    render,
    render_inline,
    render_short,
    split_checks,
)
from elearn.infra.richtext_syntax import TAGS, Citation, Context, Picture, Seen
from elearn.kernel.errors import Invalid

SHA = "a" * 64


def cite(code: str, clause: str | None) -> Citation | None:
    known = {
        "227-QD": Citation("227/QĐ, Điều 1", "Quyết định 227", "IN_FORCE", "còn hiệu lực"),
        "61-ND": Citation("61/NĐ", "Nghị định 61", "REPLACED", "đã thay", is_current=False),
    }
    return known.get(code)


CONTEXT = Context(
    cite=cite,
    picture=lambda name: (
        Picture(f"/media/{SHA}/{name}", 640, 480) if name.startswith("co") else None
    ),
)


def html(markdown: str) -> str:
    return render(markdown, CONTEXT).html


def test_the_highest_heading_is_of_level_two() -> None:
    rendered = render("# Mở đầu\n\n## Đếm người\n\n# Mở đầu")
    assert rendered.headings == [
        {"id": "s-mo-dau", "text": "Mở đầu", "level": "2"},
        {"id": "s-dem-nguoi", "text": "Đếm người", "level": "3"},
        {"id": "s-mo-dau--2", "text": "Mở đầu", "level": "2"},
    ]
    assert '<h2 id="s-mo-dau">Mở đầu</h2>' in rendered.html


def test_a_text_that_begins_at_level_two_stays_there() -> None:
    assert [h["level"] for h in render("## A\n\n### B").headings] == ["2", "3"]


def test_a_callout_holds_its_blocks() -> None:
    assert html(":::note\nMột.\n\n- hai\n:::\nBa.") == (
        '<div class="callout callout-note" role="note">\n'
        '<p class="callout-title">Lưu ý</p>\n<p>Một.</p>\n<ul>\n<li>hai</li>\n</ul>\n</div>\n'
        "<p>Ba.</p>"
    )


@pytest.mark.parametrize(
    ("kind", "title"), [("then-now", "Trước đây và hiện nay"), ("practice", "Vận dụng")]
)
def test_each_callout_has_its_title(kind: str, title: str) -> None:
    assert f'<div class="callout callout-{kind}" role="note">' in html(f":::{kind}\nx\n:::")
    assert f'<p class="callout-title">{title}</p>' in html(f":::{kind}\nx\n:::")


def test_a_callout_of_the_law_names_it() -> None:
    rendered = render(":::law 227-QD:D1\nx\n:::", CONTEXT)
    assert '<p class="callout-title">Văn bản quy định: <a class="citation"' in rendered.html
    assert rendered.citations == ["227-QD:D1"]


def test_callouts_nest() -> None:
    assert html(":::note\n:::practice\nx\n:::\ny\n:::\nz").endswith("<p>y</p>\n</div>\n<p>z</p>")


def test_fenced_code_holds_no_callout() -> None:
    assert html("```\n:::note\n```") == "<pre><code>:::note\n</code></pre>"


def test_a_citation_shows_number_and_status() -> None:
    assert html("Theo [@227-QD:D1].") == (
        '<p>Theo <a class="citation" data-citation="227-QD:D1" data-status="IN_FORCE" '
        'href="/legal/227-QD" title="Quyết định 227">227/QĐ, Điều 1 '
        '<span class="citation-status">(còn hiệu lực)</span></a>.</p>'
    )


def test_the_status_is_said_once_unless_the_document_is_no_longer_in_force() -> None:
    text = html("[@227-QD:D1] [@227-QD:D1] [@61-ND] [@61-ND]")
    assert text.count("(còn hiệu lực)") == 1
    assert text.count("(đã thay)") == 2
    assert text.count('data-status="IN_FORCE"') == 2


def test_an_unknown_citation_is_plain_text() -> None:
    assert html("[@9-QD:D1]") == (
        '<p><span class="citation" data-citation="9-QD:D1">9-QD:D1</span></p>'
    )


def test_a_citation_in_code_is_code() -> None:
    assert render("`[@227-QD:D1]`", CONTEXT).citations == []


def test_checks_are_slots_between_parts() -> None:
    rendered = render("a\n:::check m0-c01\n\nb\n\n:::check m0-c02")
    assert rendered.check_codes == ["m0-c01", "m0-c02"]
    assert split_checks(rendered.html) == [
        "<p>a</p>\n",
        CheckSlot("m0-c01"),
        "\n<p>b</p>\n",
        CheckSlot("m0-c02"),
    ]


def test_a_text_without_checks_is_one_part() -> None:
    assert split_checks("<p>a</p>") == ["<p>a</p>"]
    assert split_checks("") == []


def test_a_picture_alone_is_a_figure() -> None:
    rendered = render('![Sơ đồ](media/co.svg "Hình 1")', CONTEXT)
    assert rendered.html == (
        f'<figure><img alt="Sơ đồ" height="480" src="/media/{SHA}/co.svg" width="640" '
        'loading="lazy"><figcaption>Hình 1</figcaption>\n</figure>'
    )
    assert rendered.media == ["co.svg"]


def test_a_missing_picture_leaves_its_description() -> None:
    assert html("![Sơ đồ](media/khong.svg)") == (
        '<p><span class="picture-missing">[Sơ đồ]</span></p>'
    )
    assert "<img" not in html("![x](https://vidu.example/a.png)")


def test_tables_are_aligned_by_class() -> None:
    text = html("| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert text.startswith('<div class="table-scroll" tabindex="0">\n<table>')
    assert '<th class="text-end" scope="col">b</th>' in text
    assert '<td class="text-end">2</td>' in text
    assert "style" not in text


def test_footnotes_lead_back_in_vietnamese() -> None:
    text = html("Chữ[^chú-thích].\n\n[^chú-thích]: Giải thích.")
    assert '<sup id="fnref-1"><a class="footnote-ref" href="#fn-1">1</a></sup>' in text
    assert '<li id="fn-1">' in text
    assert 'href="#fnref-1" title="Trở lại chỗ có chú thích 1"' in text


def test_links_away_say_so() -> None:
    rel = 'rel="external noopener noreferrer"'
    assert rel in html("[x](https://vidu.example)")
    assert rel in html("[x](//vidu.example)")
    assert "rel=" not in html("[x](/learn)")


def test_a_stem_has_no_headings_and_no_callouts() -> None:
    assert render_short("# Hỏi\n\n*gì*?") == "<p>Hỏi</p>\n<p><em>gì</em>?</p>"
    assert "callout" not in render_short(":::note\nx\n:::")


def test_an_option_stands_inside_a_label() -> None:
    assert render_inline("Một **hai**") == "Một <strong>hai</strong>"
    assert render_inline("Một\n\nHai") == "Một<br>Hai"


def test_plain_text_has_no_marks() -> None:
    assert plain_text("<p>A &amp; <b>B</b></p>\n<p>C</p>") == "A & B C"


def test_text_is_composed() -> None:
    assert html("Tê\u0301t") == "<p>Tết</p>"


@pytest.mark.parametrize(
    ("markdown", "code"),
    [
        ("a" * 1_000_000, "richtext.too_long"),
        ("a " * 20_000, "richtext.too_complex"),
        ("[" * 2_000, "richtext.too_complex"),
        ("<a " * 2_000, "richtext.too_complex"),
        ("a\n\n" * 4_000, "richtext.too_complex"),
        (":::note\n\n" * 1_900, "richtext.too_deep"),
    ],
)
def test_what_cannot_be_rendered_in_time_is_refused(markdown: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        render(markdown)
    assert caught.value.code == code


def test_deep_quotes_do_not_break() -> None:
    assert "x" in html(">" * 400 + "x")


@pytest.mark.parametrize(
    "text",
    ["Trên 85%", "Đủ 100% (cả ba chỉ tiêu), đúng hạn.", "Một “hai” – ba? …", "a  b", "Nợ/có"],
)
def test_plain_prose_takes_the_short_way_to_the_same_html(text: str) -> None:
    assert richtext._PROSE.fullmatch(text)
    slow = richtext_html.to_html(text, CONTEXT, Seen(), blocks=False)
    assert render_short(text) == richtext_html.sanitise(slow, TAGS)


@pytest.mark.parametrize(
    "text", ["1. x", "x ", "- x", "a_b", "a\nb", "a<b", "a & b", "x: y", "*a*"]
)
def test_what_may_mean_something_does_not(text: str) -> None:
    assert richtext._PROSE.fullmatch(text) is None

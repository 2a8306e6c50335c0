"""The frame of every page and the macros that all pages share; no database is touched."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask, flash, render_template_string
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from elearn.kernel.paging import Page
from elearn.web.charts import Value, bar_chart, line_chart
from elearn.web.forms import BaseForm
from elearn.web.navigation import NavItem
from tests.conftest import make_app


class SampleForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    name = StringField("Họ và tên", [DataRequired()], description="Như trong hồ sơ.")
    unit = SelectField("Đơn vị", [Optional()], choices=[SelectChoice("a", "Sở Mẫu")])
    born = DateField("Ngày sinh", [Optional()])
    role = RadioField(
        "Vai trò",
        [InputRequired()],
        choices=[SelectChoice("h", "Nhân sự"), SelectChoice("l", "Lãnh đạo")],
    )
    mails = SelectMultipleField(
        "Nhận thư",
        choices=[SelectChoice("n", "Bài mới"), SelectChoice("d", "Sắp đến hạn")],
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    note = TextAreaField("Ghi chú", [Length(max=5)])
    sure = BooleanField("Tôi đã kiểm tra")


@pytest.fixture(scope="module")
def plain_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("frame")
    return make_app(f"sqlite:///{folder / 'none.db'}", folder)


@pytest.fixture
def app(plain_app: Flask) -> Iterator[Flask]:
    with plain_app.test_request_context("/verify?code=1"):
        yield plain_app


def frame(**given: object) -> str:
    return render_template_string(
        "{% extends 'base.html' %}{% block title %}Thử{% endblock %}"
        "{% block main %}<h1>Thử</h1>{% endblock %}",
        **given,
    )


def form_page(app: Flask, data: dict[str, str] | None = None) -> str:
    form = SampleForm(MultiDict(data) if data is not None else None)
    if data is not None:
        form.validate()
    return render_template_string(
        "{% import 'macros/forms.html' as forms with context %}"
        "{{ forms.error_summary(form) }}{% for each in form %}{{ forms.field(each) }}{% endfor %}",
        form=form,
    )


def test_the_frame_says_its_language_and_offers_the_way_past_the_menu(app: Flask) -> None:
    page = frame()
    assert '<html lang="vi">' in page
    assert '<a class="skip-link" href="#main">' in page
    assert 'id="main"' in page


def test_the_current_page_is_marked_in_the_bar_and_in_the_phone_menu(app: Flask) -> None:
    items = [
        NavItem("Học tập", "/learn", current=True),
        NavItem("Độ phủ", "/coverage", current=False),
    ]
    page = frame(nav_items=items, current_user_name="Lò Thử Ánh")
    assert page.count('<a href="/learn" aria-current="page">Học tập</a>') == 2
    assert page.count('<a href="/coverage">Độ phủ</a>') == 2


def test_signing_out_is_one_press_without_opening_a_menu(app: Flask) -> None:
    page = frame(nav_items=[], current_user_name="Lò Thử Ánh")
    outside_menus = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert 'action="/logout"' in outside_menus


def test_a_visitor_sees_the_way_in_and_no_menus(app: Flask) -> None:
    page = frame(nav_items=[], current_user_name=None)
    assert 'href="/login"' in page
    assert "<details" not in page


def test_a_name_is_escaped(app: Flask) -> None:
    assert "<script>alert" not in frame(current_user_name="<script>alert(1)</script>")


def test_flashed_errors_interrupt_and_other_messages_wait(app: Flask) -> None:
    flash("Đã lưu.", "success")
    flash("Không lưu được.", "error")
    page = frame()
    assert '<div class="alert alert-success" role="status">Đã lưu.</div>' in page
    assert '<div class="alert alert-danger" role="alert">Không lưu được.</div>' in page


def test_the_error_page_says_what_happened_and_its_request(app: Flask) -> None:
    response = app.test_client().get("/no-such-page")
    assert response.status_code == 404
    assert "<h1>Không tìm thấy trang</h1>" in response.text
    assert response.headers["X-Request-Id"] in response.text


def test_a_hint_is_joined_to_its_field(app: Flask) -> None:
    page = form_page(app)
    assert 'id="name-hint">Như trong hồ sơ.<' in page
    assert re.search(r'<input[^>]*aria-describedby="name-hint"[^>]*id="name"', page)
    assert "aria-invalid" not in page


def test_an_error_stands_at_its_field_and_in_the_summary(app: Flask) -> None:
    page = form_page(app, {"note": "quá dài"})
    assert '<a href="#name">Họ và tên: Mục này không được để trống.</a>' in page
    assert '<a href="#role-0">Vai trò: Mục này không được để trống.</a>' in page
    assert 'aria-describedby="name-hint name-error" aria-invalid="true"' in page
    assert 'id="note-error"' in page


def test_choices_are_a_group_with_a_name(app: Flask) -> None:
    page = form_page(app, {"role": "l", "mails": "d"})
    assert re.search(r"<legend[^>]*>Vai trò</legend>", page)
    assert re.search(r'<input checked[^>]*id="role-1"', page)
    assert re.search(r'<input checked[^>]*id="mails-1"[^>]*type="checkbox"', page)


def test_only_optional_fields_are_marked(app: Flask) -> None:
    page = form_page(app)
    assert re.search(r"Đơn vị</label> <span class=\"optional\">", page)
    assert not re.search(r"Họ và tên</label> <span class=\"optional\">", page)


def pager(page: Page[int]) -> str:
    return render_template_string(
        "{% import 'macros/tables.html' as tables with context %}"
        "{{ tables.pagination(page, 'public.entrance', {'q': 'lò'}) }}",
        page=page,
    )


def test_pages_link_their_neighbours_and_keep_the_filter(app: Flask) -> None:
    text = pager(Page([0] * 50, number=5, size=50, total=620))
    shown = re.findall(r"<(?:a|span) class=\"page-link\"[^>]*>(?:<span.*?</span>)?([^<]+)", text)
    assert shown == ["Trước", "1", "…", "3", "4", "5", "6", "7", "…", "13", "Sau"]
    assert 'href="/?q=l%C3%B2&amp;page=4"' in text
    assert "Dòng 201–250 trong 620" in text


def test_a_single_page_has_no_links(app: Flask) -> None:
    assert "<a" not in pager(Page([0] * 3, number=1, size=50, total=3))


def test_a_column_that_is_sorted_turns_round(app: Flask) -> None:
    text = render_template_string(
        "{% import 'macros/tables.html' as tables with context %}"
        "{{ tables.table_head([{'label': 'Tên', 'key': 'name'}, {'label': 'Ngày', 'key': 'day'},"
        " {'label': 'Số', 'num': true}], 'name', 'public.entrance') }}"
    )
    assert '<th scope="col" aria-sort="ascending">' in text
    assert re.findall(r'href="([^"]+)"', text) == ["/?sort=-name", "/?sort=day"]
    assert '<th scope="col" class="num">Số</th>' in text


def test_charts_say_in_words_what_they_show(app: Flask) -> None:
    values = [Value("Sở Mẫu", 90, "90,0%"), Value("Xã <Mẫu>", 40, "40,0%")]
    text = render_template_string(
        "{% import 'macros/charts.html' as charts with context %}"
        "{{ charts.bar_chart(bars, 'u', 'Theo đơn vị', 'Một đơn vị đạt.') }}"
        "{{ charts.line_chart(line, 't', 'Theo tháng', 'Tăng dần.') }}",
        bars=bar_chart(values, 85),
        line=line_chart(values, 85),
    )
    assert text.count('role="img"') == 2
    assert '<title id="u-title">Theo đơn vị</title>' in text
    assert '<desc id="t-text">Tăng dần.</desc>' in text
    assert "90,0%" in text
    assert "Xã &lt;Mẫu&gt;" in text
    assert "style=" not in text


def test_confirming_needs_a_second_press_and_the_token(app: Flask) -> None:
    text = render_template_string(
        "{% import 'macros/ui.html' as ui with context %}"
        "{{ ui.confirm_form('/x', 'Thu hồi', 'Không hoàn tác được.', 'Thu hồi thật') }}"
    )
    assert "<details" in text
    assert 'name="csrf_token"' in text

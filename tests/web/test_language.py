"""The reader's language: Vietnamese unless English is chosen."""

from flask import Flask
from flask.testing import FlaskClient


def test_pages_are_vietnamese_at_first(client: FlaskClient) -> None:
    page = client.get("/login").text
    assert '<html lang="vi">' in page
    assert "Quên mật khẩu?" in page


def test_a_visitor_chooses_english(client: FlaskClient) -> None:
    client.post("/language", data={"locale": "en"})
    page = client.get("/login").text
    assert '<html lang="en">' in page
    assert "Forgot your password?" in page


def test_a_visitor_goes_back_to_vietnamese(client: FlaskClient) -> None:
    client.post("/language", data={"locale": "en"})
    client.post("/language", data={"locale": "vi"})
    assert "Quên mật khẩu?" in client.get("/login").text


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    client.post("/language", data={"locale": "xx"})
    assert "Quên mật khẩu?" in client.get("/login").text


def test_errors_and_labels_of_forms_are_in_the_language_chosen(client: FlaskClient) -> None:
    client.post("/language", data={"locale": "en"})
    page = client.post("/login", data={"username": "", "password": ""}).text
    assert "Username: This entry must not be empty." in page


def test_a_refusal_is_in_the_language_chosen(client: FlaskClient) -> None:
    client.post("/language", data={"locale": "en"})
    page = client.post("/login", data={"username": "khong.co", "password": "sai mat khau"}).text
    assert "The username or the password is not correct." in page


def test_words_in_templates_fill_in_and_escape(app: Flask) -> None:
    template = app.jinja_env.from_string(
        "{{ _('100%% của <b>%(name)s</b>', name=name) }}|{{ _('100%%') }}|{{ _('A & B') }}"
    )
    with app.test_request_context("/"):
        assert template.render(name="<i>") == "100% của <b>&lt;i&gt;</b>|100%|A & B"
        assert template.render(name="x") == "100% của <b>x</b>|100%|A & B"

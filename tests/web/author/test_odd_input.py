"""Addresses and fields that no page of ours makes: an answer, never a stack trace."""

import pytest
from sqlalchemy.orm import Session

from tests.factories.curriculum import make_lesson, make_module
from tests.web.author.conftest import Staff

HUGE = 10**30


@pytest.mark.parametrize(
    "address",
    [
        f"/author/drafts/{HUGE}",
        f"/author/lessons/bai-1/edit?draft={HUGE}",
        "/author/lessons/bai-1/edit?draft=-1",
        "/author/lessons/a%00b/edit",
        "/author/questions/%F0%9F%98%80/edit",
        "/author/questions/%FF%FE/history",
        f"/author/lessons/bai-1/history?from={HUGE}&to=-{HUGE}",
        f"/author/questions?page={HUGE}&q=%00&module=a%00b&lesson=%00",
        "/author/modules/a%00b",
        "/author/modules/%00/pictures",
        "/author/drafts?state=%00&mine=%00&page=-5",
        f"/author/lessons/{'x' * 5000}/edit",
    ],
)
def test_an_odd_address_is_answered(author: Staff, session: Session, address: str) -> None:
    make_lesson(session, make_module(session, "m1"), "bai-1")
    response = author.client.get(address)
    assert response.status_code in (200, 404), response.status_code


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (f"/author/drafts/{HUGE}/submit", {"lock_version": str(HUGE), "change_note": "x"}),
        (f"/author/lessons/bai-1/history/{HUGE}/draft", {}),
        ("/author/lessons/bai-1/edit", {"draft_id": "9" * 9, "lock_version": "٣", "body": "x"}),
        ("/author/lessons/bai-1/edit", {"minutes": str(HUGE), "title": "x"}),
        ("/author/lessons/bai-1/edit", {"outcomes-999999-text": "x", "title": "x"}),
        ("/author/lessons/bai-1/edit", {"title": "\x00\ud800".encode("utf-8", "surrogatepass")}),
        ("/author/lessons/bai-1/edit", {"in_force_as_of": "0000-00-00"}),
        ("/author/lessons/bai-1/preview", {"body": ">" * 3000}),
        ("/author/lessons/bai-1/preview", {"body": "[" * 5000}),
        ("/author/lessons/bai-1/autosave", {"body": "x", "draft_id": "-1"}),
        ("/author/modules/m1/lessons/new", {"title": "\x00", "code": "\x00"}),
        ("/author/modules/a%00b/lessons/new", {"title": "x", "code": "x"}),
    ],
)
def test_an_odd_form_is_answered(
    author: Staff, session: Session, address: str, fields: dict[str, str]
) -> None:
    make_lesson(session, make_module(session, "m1"), "bai-1")
    response = author.client.post(address, data=fields)
    assert response.status_code < 500, response.status_code

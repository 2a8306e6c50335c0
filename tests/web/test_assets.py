"""Static files on the wire, and what the page of an attempt weighs with all of them."""

import re
from collections.abc import Iterator

import brotli
import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from elearn.web.assets import STATIC, asset
from tests.support.accounts import Visitor
from tests.web.test_attempt_statements import Sitting

BR = {"Accept-Encoding": "gzip, deflate, br"}
# First visit over the wire (design.md section 8); questions of the bank are longer than these.
MOST_BYTES = 60_000


@pytest.mark.parametrize("name", ["css/app.css", "js/attempt/sheet.js"])
def test_style_sheets_and_scripts_are_packed(client: FlaskClient, name: str) -> None:
    plain = (STATIC / name).read_bytes()
    packed = client.get(asset(name), headers=BR)
    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data) == plain
    assert packed.headers["Cache-Control"] == "max-age=31536000, public, immutable"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.content_type.startswith("text/")
    with client.get(asset(name)) as unpacked:
        assert unpacked.data == plain
        assert "Content-Encoding" not in unpacked.headers
    with client.get(asset(name), headers={**BR, "Range": "bytes=0-3"}) as part:
        assert part.data == plain[:4]


def test_nothing_else_is_reached_by_that_way(client: FlaskClient) -> None:
    for name in ("../assets.py", "%2e%2e/assets.py", "css/none.css", "js/"):
        assert client.get(f"/static/{name}", headers=BR).status_code == 404


def _static(page: str) -> Iterator[str]:
    yield from sorted(set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)))


def test_the_first_visit_to_a_sheet_is_light(visitor: Visitor, session: Session) -> None:
    sitting = Sitting(visitor, session)
    page = sitting.browser.get(sitting.address)
    sizes = {"page": len(sitting.browser.get(sitting.address, headers=BR).data)}
    for address in _static(page.text):
        with sitting.browser.get(address, headers=BR) as answer:
            sizes[address] = len(answer.data)
    assert sum(sizes.values()) < MOST_BYTES, sizes

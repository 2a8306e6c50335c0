"""The script of the verification page in a real browser: what the scanned QR code is worth."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session

from elearn.certificates.queries import CertificateView
from elearn.certificates.signing import find_signed_content
from elearn.infra import storage
from tests.factories.certificates import make_certificate, make_completion
from tests.factories.curriculum import make_programme
from tests.factories.org import make_person
from tests.support.axe import serious_findings
from tests.support.live import serving

# What is tested is the script; the page behind it is tested on both engines.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True),
]
GOOD = "Mã QR mang chữ ký số hợp lệ và khớp với nội dung trên."
BAD = "Mã QR vừa quét không mang chữ ký hợp lệ cho chứng nhận này"


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    yield context.new_page()
    context.close()


@pytest.fixture
def certificates(session: Session) -> list[CertificateView]:
    programme = make_programme(session)
    return [
        make_certificate(session, make_completion(session, make_person(session), programme))
        for _ in range(2)
    ]


def signed_part(certificate: CertificateView) -> str:
    content = find_signed_content(storage.get(certificate.storage_key))
    assert content is not None
    return f"{content.payload}.{content.signature}"


def test_a_scanned_code_is_checked_in_the_browser(
    site: str, page: Page, certificates: list[CertificateView]
) -> None:
    page.goto(f"{site}/verify/{certificates[0].code}#{signed_part(certificates[0])}")
    expect(page.get_by_text(GOOD)).to_be_visible()
    expect(page.get_by_text(BAD)).to_be_hidden()
    assert serious_findings(page) == []


@pytest.mark.parametrize("forgery", ["signature", "another", "nonsense"])
def test_a_forged_code_is_told(
    site: str, page: Page, certificates: list[CertificateView], forgery: str
) -> None:
    mine = signed_part(certificates[0])
    part = {
        "signature": mine[:-4] + ("AAAA" if mine[-4:] != "AAAA" else "BBBB"),
        "another": signed_part(certificates[1]),
        "nonsense": "khong.phai",
    }[forgery]
    page.goto(f"{site}/verify/{certificates[0].code}#{part}")
    expect(page.get_by_text(BAD)).to_be_visible()
    expect(page.get_by_text(GOOD)).to_be_hidden()


def test_without_the_signed_part_nothing_is_said(
    site: str, page: Page, certificates: list[CertificateView]
) -> None:
    page.goto(f"{site}/verify/{certificates[0].code}")
    expect(page.get_by_text("Chứng nhận có thật và đang có hiệu lực.")).to_be_visible()
    expect(page.locator("#signature-check")).to_be_hidden()

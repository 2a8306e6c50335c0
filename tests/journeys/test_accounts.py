"""Accounts in the browser: HR hands out a slip, its holder starts; a shared PC forgets at once."""

import pytest
from playwright.sync_api import Browser, Error

from tests.journeys.people import Visit

CHOSEN = "mưa rơi trên mái ngói"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_slip_from_hr_leads_to_the_first_page(
    address: str, chromium: Browser, width: int
) -> None:
    hr = Visit(chromium, address, "nhansu.xakhac", width)
    hr.open("/hr/accounts?state=NONE")
    hr.page.locator("input[name=person_ids]").first.check()
    hr.press("Cấp đường dẫn cho người đã chọn")
    name = hr.page.inner_text(".slip-name")
    path = "/activate/" + hr.page.inner_text(".slip-url").rsplit("/", 1)[1]
    hr.open("/hr/accounts?state=WAITING")
    assert name in hr.text()
    assert path not in hr.page.content()
    hr.leave()

    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(address + path)
    assert name in page.inner_text("h1")
    page.fill("#password", CHOSEN)
    page.fill("#again", CHOSEN)
    with page.expect_navigation():
        page.click("main form button")
    page.goto(address + "/account")
    assert name in page.inner_text("main")
    assert page.goto(address + path).status == 404  # type: ignore[union-attr]
    context.close()


def test_nothing_is_left_on_a_shared_computer(address: str, chromium: Browser) -> None:
    visit = Visit(chromium, address, "motcua", 1280)
    page = visit.open("/account")
    name = page.inner_text("dl.facts dd >> nth=0")
    page.evaluate("localStorage.setItem('nhap', 'riêng')")
    with page.expect_navigation():
        page.get_by_role("button", name="Đăng xuất").first.click()
    assert "Bạn đã đăng xuất." in page.inner_text("main")
    assert page.evaluate("localStorage.getItem('nhap')") is None
    try:
        page.go_back()
    except Error:
        page.goto(address + "/account")
    assert name not in page.content()
    assert "/login" in page.url
    visit.context.close()

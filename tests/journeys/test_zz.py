import pytest
from tests.journeys.attempt_desk import *
pytestmark = [pytest.mark.browser, pytest.mark.parametrize("engine_url", ["sqlite"], indirect=True)]
def test_dbg(desk):
    page = desk.device(360)
    page.on("console", lambda m: print("CONSOLE", m.text))
    desk.begin(page)
    page.wait_for_timeout(500)
    page.get_by_role("button", name="Xem từng câu một").click()
    page.wait_for_timeout(500)
    print(page.evaluate("[...document.querySelectorAll('.question')].map(q=>[q.hidden,q.id])"), page.url, desk.faults)
    print(page.locator("#view").inner_html())
    page.screenshot(path="/tmp/one.png")
    page.reload(); page.wait_for_timeout(500)
    print(page.evaluate("document.getElementById('sheet').dataset.view"))

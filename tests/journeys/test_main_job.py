"""The main job: somebody writes, somebody studies and passes, HR downloads, coverage rises."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser
from pypdf import PdfReader

from elearn.kernel.clock import today
from tests.journeys.people import LESSONS, MODULE, Visit, sit, study

SENTENCE = "Câu này do tác giả vừa thêm: ưỡ ằ ẵ ợ ủ ỹ đ Đ."
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def figures(visit: Visit, query: str = "") -> tuple[int, int]:
    """Return (trained, must be trained) that the coverage page shows."""
    visit.open(f"/coverage{query}")
    found = re.search(r"(\d+) / (\d+)", visit.text())
    assert found is not None
    return int(found[1]), int(found[2])


def author_adds_a_sentence(browser: Browser, address: str, width: int) -> None:
    author = Visit(browser, address, "tacgia", width)
    page = author.open(f"/author/lessons/{LESSONS[0]}/edit")
    body = page.input_value("#body")
    page.fill("#body", f"{SENTENCE}\n\n{body}")
    author.press("Lưu bản nháp")
    page.get_by_role("link", name="Xem và gửi duyệt").click()
    page.fill("#change_note", "Thêm một câu mở đầu.")
    author.press("Gửi duyệt")
    assert not page.locator("main").get_by_role("button", name="Xuất bản", exact=True).count()
    draft = page.url.split("#")[0].removeprefix(address)
    author.leave()

    reviewer = Visit(browser, address, "thamdinh", width)
    reviewer.open(draft)
    assert SENTENCE in reviewer.text()
    reviewer.press("Xuất bản")
    reviewer.leave()


def learner_passes(browser: Browser, address: str, width: int, app: Flask) -> bytes:
    """Return the certificate that the learner downloads."""
    learner = Visit(browser, address, "hocvien", width)
    assert SENTENCE in learner.open(f"/learn/{MODULE}/{LESSONS[0]}").inner_text("article")
    for lesson in LESSONS:
        study(learner, lesson)
    sit(learner, app, "m0-test", "Bắt đầu làm bài", right=False)
    assert "Chưa đạt" in learner.text()
    learner.open("/certificates")
    assert learner.page.get_by_role("link", name=re.compile("PDF")).count() == 0
    sit(learner, app, "m0-test", "Làm lượt mới", right=True)
    assert "Đạt" in learner.text()
    page = learner.open("/certificates")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    content = download.value.path().read_bytes()
    learner.leave()
    return content


def certificate_is_verified(browser: Browser, address: str, content: bytes) -> None:
    sheet = PdfReader(io.BytesIO(content)).pages[0]
    text = sheet.extract_text()
    assert "Lò Thị Mẫu Hảo" in text
    assert "GIẤY CHỨNG NHẬN HOÀN THÀNH" in text
    # The link over the QR holds what the QR holds.
    (link,) = [note.get_object()["/A"]["/URI"] for note in sheet["/Annots"]]
    path = re.sub(r"^https?://[^/]+", "", link)
    assert path.startswith("/verify/")
    assert "#" in path
    page = browser.new_page()
    page.goto(address + path)
    assert "Lò Thị Mẫu Hảo" in page.inner_text("main")
    page.close()


def hr_downloads_all(browser: Browser, address: str, width: int) -> list[str]:
    """Return the names in the ZIP of the unit's certificates."""
    hr = Visit(browser, address, "nhansu.xa", width)
    hr.open("/hr")
    assert "Lò Thị Mẫu Hảo" not in hr.text()
    hr.open("/hr/certificates")
    hr.page.locator("main").get_by_role("button", name=re.compile("ZIP")).click()
    link = hr.page.get_by_role("link", name=re.compile("Xem kết quả|Tải"))
    link.first.wait_for()
    with hr.page.expect_download() as download:
        link.first.click()
    names = zipfile.ZipFile(download.value.path()).namelist()
    hr.leave()
    return names


@pytest.mark.parametrize("width", [360, 1280])
def test_the_main_job_end_to_end(
    chromium: Browser, address: str, demo_site: Flask, width: int
) -> None:
    yesterday = f"?day={(today() - timedelta(days=1)).isoformat()}"
    province = Visit(chromium, address, "lanhdao.tinh", width)
    commune = Visit(chromium, address, "lanhdao.xa", width)
    before = figures(province), figures(province, yesterday), figures(commune)

    author_adds_a_sentence(chromium, address, width)
    content = learner_passes(chromium, address, width, demo_site)
    certificate_is_verified(chromium, address, content)
    names = hr_downloads_all(chromium, address, width)
    assert sum(name.endswith(".pdf") for name in names) == 1

    def one_more(figure: tuple[int, int]) -> tuple[int, int]:
        return figure[0] + 1, figure[1]

    assert figures(province) == one_more(before[0])
    assert figures(province, yesterday) == before[1]
    assert figures(commune) == one_more(before[2])


def test_a_learner_needs_no_script(chromium: Browser, address: str, demo_site: Flask) -> None:
    learner = Visit(chromium, address, "hocvien", 360, script=False)
    for lesson in LESSONS:
        study(learner, lesson)
    sit(learner, demo_site, "m0-test", "Bắt đầu làm bài", right=True)
    assert "Đạt" in learner.text()
    learner.open("/certificates")
    assert learner.page.get_by_role("link", name=re.compile("PDF")).count() >= 1
    learner.leave()


def test_one_stop_staff_take_a_check_and_leave_nothing(
    chromium: Browser, address: str, demo_site: Flask
) -> None:
    clerk = Visit(chromium, address, "motcua", 1280)
    sit(clerk, demo_site, "khao-sat-mot-cua", "Bắt đầu làm bài", right=True)
    # It is sat in a round: the score waits until the round closes.
    assert "Bài đã nộp và đã được ghi nhận." in clerk.text()
    result = clerk.page.url
    clerk.page.get_by_role("button", name="Đăng xuất").first.click()
    clerk.page.wait_for_url("**/login**")
    clerk.page.go_back()
    assert "đã được ghi nhận" not in clerk.page.inner_text("body")
    clerk.page.goto(result)
    assert "/login" in clerk.page.url
    assert clerk.page.evaluate("localStorage.length + sessionStorage.length") == 0

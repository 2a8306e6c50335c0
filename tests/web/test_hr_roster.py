"""Handing in a roster in the browser: preview, confirm, stale previews, jobs, refusals."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from elearn.infra import storage
from elearn.infra.models import AuditEntry
from elearn.infra.tabular import write_csv
from elearn.kernel.actor import SYSTEM, Role
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import NotFound
from elearn.org.models import Person, Unit
from elearn.roster.models import BatchState, ImportBatch
from elearn.workflows import stage_roster
from elearn.workflows.import_roster import run
from tests.factories.curriculum import make_programme
from tests.factories.org import grant, make_user
from tests.factories.roster import Rows, pairs, small_roster
from tests.support.accounts import Visitor


@pytest.fixture
def people(session: Session) -> None:
    """The small roster, imported."""
    make_programme(session, "ct-mau")
    run(SYSTEM, pairs(small_roster()), dry_run=False, now=utc_now())


@pytest.fixture
def hr(session: Session, visitor: Visitor, people: None) -> FlaskClient:
    """HR of the department S1."""
    return _as(session, visitor, Role.HR, "S1")


def _as(session: Session, visitor: Visitor, role: Role, unit_code: str) -> FlaskClient:
    user = make_user(session)
    grant(session, user, role, session.scalars(select(Unit).filter_by(code=unit_code)).one())
    return visitor.as_user(user)


def _files(rows: Rows) -> list[tuple[io.BytesIO, str]]:
    return [
        (
            io.BytesIO(write_csv(list(lines[0]), [list(line.values()) for line in lines])),
            f"{sheet}.csv",
        )
        for sheet, lines in rows.items()
    ]


def _hand_in(client: FlaskClient, rows: Rows) -> str:
    """Hand ``rows`` in and return the address of the import."""
    response = client.post("/hr/roster", data={"files": _files(rows)})
    assert response.status_code == 303
    return str(response.location)


def _phone(number: str) -> Rows:
    return {"people": [{**small_roster()["people"][2], "phone": number}]}


def _digest(page: str) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def _stored_phone(session: Session) -> str | None:
    session.rollback()
    return session.scalar(select(Person.phone).where(Person.code == "P3"))


def test_the_page_asks_for_files(hr: FlaskClient) -> None:
    page = hr.get("/hr/roster").text
    assert 'enctype="multipart/form-data"' in page
    assert "Chưa có lần nhập nào." in page


def test_the_template_has_every_sheet_as_text(hr: FlaskClient) -> None:
    response = hr.get("/hr/roster/template.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(response.data))
    assert book.sheet_names == [
        "units",
        "events",
        "people",
        "assignments",
        "duties",
        "exclusions",
        "completions",
        "huong-dan",
    ]
    assert book.get_sheet_by_name("people").to_python() == [
        ["person_code", "full_name", "birth_date", "email", "phone", "category"]
    ]


def test_the_empty_template_is_accepted_and_does_nothing(hr: FlaskClient) -> None:
    content = hr.get("/hr/roster/template.xlsx").data
    response = hr.post("/hr/roster", data={"files": [(io.BytesIO(content), "mau.xlsx")]})
    assert "không có gì để nhập" in hr.get(response.location).text


def test_a_preview_shows_old_and_new_and_writes_nothing(hr: FlaskClient, session: Session) -> None:
    page = hr.get(_hand_in(hr, _phone("0987654321"))).text
    assert "Xem trước thay đổi" in page
    assert "<ins>0987654321</ins>" in page
    assert "Hoàng Ví Dụ (P3)" in page
    assert _stored_phone(session) is None


def test_confirming_applies_what_was_shown(hr: FlaskClient, session: Session) -> None:
    address = _hand_in(hr, _phone("0987654321"))
    digest = _digest(hr.get(address).text)
    done = hr.post(f"{address}/confirm", data={"digest": digest}, follow_redirects=True)
    assert "Đã nhập danh sách." in done.text
    assert _stored_phone(session) == "0987654321"
    batch = session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()
    assert batch is not None
    assert (batch.state, batch.files) == (BatchState.APPLIED, [])
    assert batch.report["updated"]["people"] == 1
    assert "changes" not in batch.report


def test_the_audit_names_who_imported(hr: FlaskClient, session: Session) -> None:
    address = _hand_in(hr, _phone("0987654321"))
    hr.post(f"{address}/confirm", data={"digest": _digest(hr.get(address).text)})
    session.rollback()
    entries = session.scalars(select(AuditEntry).where(AuditEntry.actor_user_id.is_not(None)))
    assert sorted(entry.act for entry in entries) == ["person.correct", "roster.import"]


def test_cancelling_changes_nothing(hr: FlaskClient, session: Session) -> None:
    address = _hand_in(hr, _phone("0987654321"))
    assert hr.post(f"{address}/cancel").status_code == 303
    assert _stored_phone(session) is None
    assert "Lần nhập đã bỏ" in hr.get(address).text
    assert hr.post(f"{address}/confirm", data={"digest": "0" * 64}).status_code == 409


def test_a_stale_preview_is_shown_anew_instead_of_applied(
    hr: FlaskClient, session: Session
) -> None:
    address = _hand_in(hr, _phone("0987654321"))
    digest = _digest(hr.get(address).text)
    session.execute(update(Person).where(Person.code == "P3").values(phone="0900000000"))
    session.commit()
    page = hr.post(f"{address}/confirm", data={"digest": digest}, follow_redirects=True).text
    assert "đã thay đổi sau khi bạn xem" in page
    assert "<del>0900000000</del>" in page
    assert _stored_phone(session) == "0900000000"
    again = hr.post(f"{address}/confirm", data={"digest": _digest(page)}, follow_redirects=True)
    assert "Đã nhập danh sách." in again.text
    assert _stored_phone(session) == "0987654321"


def test_a_confirmation_of_another_preview_is_not_taken(hr: FlaskClient, session: Session) -> None:
    address = _hand_in(hr, _phone("0987654321"))
    page = hr.post(f"{address}/confirm", data={"digest": "0" * 64}, follow_redirects=True).text
    assert "đã thay đổi sau khi bạn xem" in page
    assert _stored_phone(session) is None


def test_an_import_that_nobody_confirms_is_forgotten(hr: FlaskClient, session: Session) -> None:
    address = _hand_in(hr, _phone("0987654321"))
    batch = session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()
    assert batch is not None
    key = batch.files[0]["key"]
    session.rollback()
    assert stage_roster.forget_abandoned(utc_now() + timedelta(days=13)) == 0
    assert storage.get(key)
    assert stage_roster.forget_abandoned(utc_now() + timedelta(days=15)) == 1
    assert "Lần nhập đã bỏ" in hr.get(address).text
    with pytest.raises(NotFound):
        storage.get(key)


def test_confirming_twice_applies_once(hr: FlaskClient) -> None:
    address = _hand_in(hr, _phone("0987654321"))
    digest = _digest(hr.get(address).text)
    assert hr.post(f"{address}/confirm", data={"digest": digest}).status_code == 303
    assert hr.post(f"{address}/confirm", data={"digest": digest}).status_code == 409


def test_problems_are_shown_with_their_place_and_can_be_downloaded(hr: FlaskClient) -> None:
    rows = _phone("0987")
    rows["people"][0]["birth_date"] = "31/02/1990"
    address = _hand_in(hr, rows)
    page = hr.get(address).text
    assert "Tệp có vấn đề cần sửa" in page
    assert "<code>birth_date</code>" in page
    assert "Không có ngày “31/02/1990” trong lịch." in page
    assert "Xác nhận nhập" not in page
    table = hr.get(f"{address}/problems?shape=csv").data.decode("utf-8-sig").splitlines()
    assert table == [
        "Bảng,Dòng,Cột,Mã lỗi,Vấn đề",
        "people,2,birth_date,date.unknown,Không có ngày “31/02/1990” trong lịch.",
    ]


def test_hr_sees_refusals_and_not_the_data_of_other_units(hr: FlaskClient) -> None:
    rows: Rows = {"people": [{**small_roster()["people"][0], "phone": "0999"}]}
    page = hr.get(_hand_in(hr, rows)).text
    assert "Người mã “P1” không thuộc các đơn vị bạn quản lý." in page
    assert "0912 345 678" not in page
    # Whether the row differs from what is stored would already tell something.
    assert "Cập nhật" not in page
    assert re.search(r'data-label="Cập nhật">–<', hr.get("/hr/roster").text)


def test_an_import_is_seen_by_its_author_only(
    hr: FlaskClient, session: Session, visitor: Visitor
) -> None:
    address = _hand_in(hr, _phone("0987654321"))
    digest = _digest(hr.get(address).text)
    other = _as(session, visitor, Role.ADMIN, "T1")
    assert other.get(address).status_code == 404
    assert other.get(f"{address}/problems").status_code == 404
    assert other.post(f"{address}/confirm", data={"digest": digest}).status_code == 404
    assert other.post(f"{address}/cancel").status_code == 404
    assert address.split("/")[-1] not in re.findall(
        r"/hr/roster/(\d+)", other.get("/hr/roster").text
    )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PROGRAMME_OFFICER])
def test_the_province_may_hand_in_units(
    session: Session, visitor: Visitor, people: None, role: Role
) -> None:
    client = _as(session, visitor, role, "T1")
    unit = {**small_roster()["units"][1], "code": "S2", "name": "Sở Hai"}
    page = client.get(_hand_in(client, {"units": [unit]})).text
    assert "Sở Hai (S2)" in page
    assert "Xác nhận nhập" in page


def test_no_file_is_told_on_the_form(hr: FlaskClient) -> None:
    response = hr.post("/hr/roster", data={})
    assert response.status_code == 422
    assert "Hãy chọn ít nhất một tệp." in response.text


def test_too_many_files_are_told_on_the_form(hr: FlaskClient) -> None:
    files = [(io.BytesIO(b"a"), f"{number}.csv") for number in range(11)]
    response = hr.post("/hr/roster", data={"files": files})
    assert response.status_code == 422
    assert "Hãy chọn từ 1 đến 10 tệp" in response.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("danh sách.pdf", b"%PDF-1.7", "không phải .csv hay .xlsx"),
        ("people.csv", b"", "chưa có hàng tiêu đề"),
        ("ds.xlsx", b"PK\x03\x04 nothing", "bị hỏng"),
        ("people.csv", b"person_code\xff\xfe\x00", "bảng mã"),
        (
            "../../people.csv",
            b"person_code,full_name,category\nP1," + b"a" * 40_000,
            "quá giới hạn",
        ),
        ("<b>.csv", b"a\n1\n", "Không có bảng tên “&lt;b&gt;”"),
    ],
)
def test_a_bad_file_gives_a_clear_page(
    hr: FlaskClient, name: str, content: bytes, words: str
) -> None:
    response = hr.post("/hr/roster", data={"files": [(io.BytesIO(content), name)]})
    assert response.status_code == 303
    assert words in hr.get(response.location).text


@pytest.fixture
def all_by_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every import counts as large."""
    monkeypatch.setattr(stage_roster, "ROWS_AT_ONCE", 0)


@pytest.mark.usefixtures("all_by_job")
def test_a_large_import_is_checked_and_applied_by_jobs(
    app: Flask, hr: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    job = hr.post("/hr/roster", data={"files": _files(_phone("0987654321"))}).location
    assert job.startswith("/jobs/")
    run_jobs()
    result = re.search(r'href="(/hr/roster/jobs/\d+)"', hr.get(job).text)
    assert result is not None
    address = hr.get(result[1]).location
    digest = _digest(hr.get(address).text)
    assert _stored_phone(session) is None
    job = hr.post(f"{address}/confirm", data={"digest": digest}).location
    assert job.startswith("/jobs/")
    assert "Đang nhập danh sách" in hr.get(address).text
    run_jobs()
    assert _stored_phone(session) == "0987654321"
    assert "Đã nhập danh sách" in hr.get(address).text


@pytest.mark.usefixtures("all_by_job")
def test_a_job_applies_only_what_was_shown(
    app: Flask, hr: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    hr.post("/hr/roster", data={"files": _files(_phone("0987654321"))})
    run_jobs()
    batch_id = session.scalar(select(func.max(ImportBatch.id)))
    address = f"/hr/roster/{batch_id}"
    hr.post(f"{address}/confirm", data={"digest": _digest(hr.get(address).text)})
    session.execute(update(Person).where(Person.code == "P3").values(phone="0900000000"))
    session.commit()
    run_jobs()
    assert _stored_phone(session) == "0900000000"
    assert "đã thay đổi sau khi bạn xem" in hr.get(address).text


@pytest.mark.usefixtures("all_by_job")
def test_an_import_cancelled_meanwhile_is_not_applied(
    app: Flask, hr: FlaskClient, session: Session, run_jobs: Callable[[], int]
) -> None:
    hr.post("/hr/roster", data={"files": _files(_phone("0987654321"))})
    run_jobs()
    batch_id = session.scalar(select(func.max(ImportBatch.id)))
    address = f"/hr/roster/{batch_id}"
    hr.post(f"{address}/confirm", data={"digest": _digest(hr.get(address).text)})
    hr.post(f"{address}/cancel")
    run_jobs()
    assert _stored_phone(session) is None


@pytest.mark.usefixtures("all_by_job")
def test_a_job_of_somebody_suspended_meanwhile_does_nothing(
    app: Flask, session: Session, visitor: Visitor, people: None, run_jobs: Callable[[], int]
) -> None:
    user = make_user(session)
    grant(session, user, Role.HR, session.scalars(select(Unit).filter_by(code="S1")).one())
    visitor.as_user(user).post("/hr/roster", data={"files": _files(_phone("0987654321"))})
    user.suspended_at = utc_now()
    session.commit()
    run_jobs()
    batch = session.scalars(select(ImportBatch).where(ImportBatch.created_by == user.id)).one()
    assert batch.state is BatchState.CHECKING
    assert batch.report == {}

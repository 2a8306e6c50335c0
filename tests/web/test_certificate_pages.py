"""Certificates on the pages of holder, HR and programme officer, and who is refused."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.certificates.models import Certificate, CertificateEvent, IssuerProfile
from elearn.certificates.queries import CertificateView
from elearn.curriculum.models import Programme
from elearn.infra import storage
from elearn.infra.models import AuditEntry, Job
from elearn.kernel.actor import Role
from elearn.kernel.clock import today
from elearn.kernel.errors import NotFound
from elearn.org.models import Person, PositionAssignment, RoleGrant, Unit, UnitKind
from elearn.progress.models import CompletionSource, ProgrammeCompletion
from elearn.workflows.certificate_files import drop_old_bundles
from tests.factories.certificates import make_certificate, make_completion
from tests.factories.curriculum import make_programme
from tests.factories.org import grant, make_assignment, make_person, make_unit, make_user
from tests.support.accounts import Visitor

RunJobs = Callable[[], int]


class World(NamedTuple):
    """Two communes with one certificate each; a province over them."""

    province: Unit
    commune: Unit
    other: Unit
    programme: Programme
    mine: CertificateView
    foreign: CertificateView


@pytest.fixture
def world(session: Session) -> World:
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE, name="Tỉnh Thử")
    communes = [
        make_unit(session, code, kind=UnitKind.COMMUNE, parent=province, name=name)
        for code, name in (("XA", "Xã Mẫu A"), ("XB", "Xã Mẫu B"))
    ]
    programme = make_programme(session, "chuong-trinh", scope_unit_code="SL")
    views = []
    for unit, name in zip(communes, ("Lò Thử Ánh", "Vì Thử Bình"), strict=True):
        person = make_person(session, full_name=name)
        make_assignment(session, person, unit)
        views.append(make_certificate(session, make_completion(session, person, programme, unit)))
    return World(province, communes[0], communes[1], programme, views[0], views[1])


def holding(session: Session, visitor: Visitor, role: Role, unit: Unit) -> FlaskClient:
    user = make_user(session)
    grant(session, user, role, unit)
    return visitor.as_user(user)


def holder(session: Session, visitor: Visitor, view: CertificateView) -> FlaskClient:
    return visitor.as_user(make_user(session, person=session.get_one(Person, view.person_id)))


@pytest.fixture
def hr(session: Session, visitor: Visitor, world: World) -> FlaskClient:
    return holding(session, visitor, Role.HR, world.commune)


@pytest.fixture
def officer(session: Session, visitor: Visitor, world: World) -> FlaskClient:
    return holding(session, visitor, Role.PROGRAMME_OFFICER, world.province)


def acts(session: Session, act: str) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEntry.subject_id).where(AuditEntry.act == act)))


# --- the holder ------------------------------------------------------------------------------


def test_the_holder_sees_and_downloads_his_own(
    session: Session, visitor: Visitor, world: World
) -> None:
    client = holder(session, visitor, world.mine)
    page = client.get("/certificates").text
    assert world.mine.serial in page
    assert world.foreign.serial not in page
    response = client.get(f"/certificates/{world.mine.serial}.pdf")
    assert response.data == storage.get(world.mine.storage_key)
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store"
    name = f"{world.mine.serial}-lo-thu-anh.pdf"
    assert response.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert acts(session, "certificate.download") == [world.mine.serial]


def test_another_learner_gets_the_answer_of_a_number_that_is_not(
    session: Session, visitor: Visitor, world: World
) -> None:
    client = holder(session, visitor, world.foreign)
    foreign = client.get(f"/certificates/{world.mine.serial}.pdf")
    unknown = client.get("/certificates/GCN-2026-99999.pdf")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.headers["Content-Type"] == unknown.headers["Content-Type"]
    assert acts(session, "certificate.download") == []


def test_an_account_without_a_person_has_no_certificates(
    session: Session, visitor: Visitor, world: World
) -> None:
    client = visitor.as_user(make_user(session))
    assert "Bạn chưa có chứng nhận nào." in client.get("/certificates").text
    assert client.get(f"/certificates/{world.mine.serial}.pdf").status_code == 404


def test_nobody_signed_out_downloads(client: FlaskClient, world: World) -> None:
    response = client.get(f"/certificates/{world.mine.serial}.pdf")
    assert response.status_code == 302
    assert response.location.startswith("/login?next=")


# --- HR ----------------------------------------------------------------------------------------


def test_hr_sees_and_downloads_certificates_of_its_people(
    session: Session, hr: FlaskClient, world: World
) -> None:
    page = hr.get("/hr/certificates").text
    assert world.mine.serial in page
    assert world.foreign.serial not in page
    assert "Vì Thử Bình" not in page
    assert hr.get(f"/certificates/{world.mine.serial}.pdf").status_code == 200
    assert hr.get(f"/certificates/{world.foreign.serial}.pdf").status_code == 404
    assert acts(session, "certificate.download") == [world.mine.serial]


def test_hr_of_the_province_sees_all_and_narrows_the_list(
    session: Session, visitor: Visitor, world: World
) -> None:
    client = holding(session, visitor, Role.HR, world.province)
    found = {
        address: [
            view.serial in client.get(f"/hr/certificates?{address}").text
            for view in (world.mine, world.foreign)
        ]
        for address in (
            "", "q=lo+thu", "q=BINH", f"q={world.mine.serial}", "q=%25", "unit=XB",
            "state=ISSUED", "state=REVOKED", "programme=chuong-trinh", "programme=khac",
            f"year={today().year}", "year=1999",
        )
    }  # fmt: skip
    assert found == {
        "": [True, True],
        "q=lo+thu": [True, False],
        "q=BINH": [False, True],
        f"q={world.mine.serial}": [True, False],
        "q=%25": [False, False],
        "unit=XB": [False, True],
        "state=ISSUED": [True, True],
        "state=REVOKED": [False, False],
        "programme=chuong-trinh": [True, True],
        "programme=khac": [False, False],
        f"year={today().year}": [True, True],
        "year=1999": [False, False],
    }


def test_hr_cannot_narrow_to_a_foreign_unit(hr: FlaskClient) -> None:
    foreign, unknown = hr.get("/hr/certificates?unit=XB"), hr.get("/hr/certificates?unit=NO")
    assert foreign.status_code == unknown.status_code == 404


@pytest.mark.parametrize("path", ["/hr/certificates", "/hr/certificates/export?shape=csv"])
def test_search_finds_nothing_of_another_commune(hr: FlaskClient, path: str) -> None:
    joint = "&" if "?" in path else "?"
    response = hr.get(f"{path}{joint}q=V%C3%AC+Th%E1%BB%AD")
    assert response.status_code == 200
    assert "Bình" not in response.text


def test_a_certificate_follows_the_person_to_the_new_unit(
    session: Session, visitor: Visitor, hr: FlaskClient, world: World
) -> None:
    post = session.scalars(
        select(PositionAssignment).where(PositionAssignment.person_id == world.mine.person_id)
    ).one()
    post.duty_unit_id = post.home_unit_id = world.other.id
    session.commit()
    assert world.mine.serial not in hr.get("/hr/certificates").text
    assert hr.get(f"/certificates/{world.mine.serial}.pdf").status_code == 404
    new_hr = holding(session, visitor, Role.HR, world.other)
    assert new_hr.get(f"/certificates/{world.mine.serial}.pdf").status_code == 200


def test_the_table_holds_the_rows_of_the_screen(hr: FlaskClient, world: World) -> None:
    text = hr.get("/hr/certificates/export?shape=csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[:2] for row in rows[1:]] == [[world.mine.serial, "Lò Thử Ánh"]]
    sheet = load_workbook(io.BytesIO(hr.get("/hr/certificates/export").data)).active
    assert sheet is not None
    assert [sheet.cell(row, 1).value for row in (2, 3)] == [world.mine.serial, None]


def _bundle(client: FlaskClient, run_jobs: RunJobs, **filters: str) -> str:
    """Ask for a ZIP, do the job, return its address."""
    response = client.post("/hr/certificates/bundle", data=filters)
    assert response.status_code == 303
    run_jobs()
    assert "Đã xong" in client.get(response.location).text
    return response.location.replace("/jobs/", "/hr/certificates/bundles/")


def test_hr_downloads_all_as_one_zip_of_its_people_only(
    session: Session, hr: FlaskClient, world: World, run_jobs: RunJobs
) -> None:
    response = hr.get(_bundle(hr, run_jobs))
    assert response.headers["Content-Type"] == "application/zip"
    bundle = zipfile.ZipFile(io.BytesIO(response.data))
    name = f"pdf/{world.mine.serial}-lo-thu-anh.pdf"
    assert sorted(bundle.namelist()) == ["danh-sach.csv", "danh-sach.xlsx", name]
    assert bundle.read(name) == storage.get(world.mine.storage_key)
    rows = list(csv.reader(io.StringIO(bundle.read("danh-sach.csv").decode("utf-8-sig"))))
    assert rows[1][1:3] == [world.mine.serial, "Lò Thử Ánh"]
    assert rows[1][-1] == name
    assert len(rows) == 2
    job_id = str(session.scalars(select(Job.id)).one())
    assert acts(session, "certificate.bundle") == [job_id]
    assert acts(session, "certificate.bundle_download") == [job_id]


def test_a_zip_follows_the_filters_and_is_not_made_empty(
    session: Session, visitor: Visitor, world: World, run_jobs: RunJobs
) -> None:
    client = holding(session, visitor, Role.HR, world.province)
    bundle = zipfile.ZipFile(io.BytesIO(client.get(_bundle(client, run_jobs, unit="XB")).data))
    assert [name for name in bundle.namelist() if name.endswith(".pdf")] == [
        f"pdf/{world.foreign.serial}-vi-thu-binh.pdf"
    ]
    assert client.post("/hr/certificates/bundle", data={"q": "khong co ai"}).status_code == 422


def test_names_that_are_the_same_do_not_collide_in_the_zip(
    session: Session, hr: FlaskClient, world: World, run_jobs: RunJobs
) -> None:
    person = make_person(session, full_name="Lò Thử Ánh")
    make_assignment(session, person, world.commune)
    make_certificate(session, make_completion(session, person, world.programme))
    bundle = zipfile.ZipFile(io.BytesIO(hr.get(_bundle(hr, run_jobs)).data))
    names = [name for name in bundle.namelist() if name.endswith(".pdf")]
    assert len(names) == len(set(names)) == 2


def test_a_zip_is_for_who_asked_for_it(
    session: Session, visitor: Visitor, hr: FlaskClient, world: World, run_jobs: RunJobs
) -> None:
    address = _bundle(hr, run_jobs)
    colleague = holding(session, visitor, Role.HR, world.commune)
    assert colleague.get(address).status_code == 404


def test_a_zip_is_refused_once_somebody_in_it_has_left(
    session: Session, hr: FlaskClient, world: World, run_jobs: RunJobs
) -> None:
    address = _bundle(hr, run_jobs)
    post = session.scalars(
        select(PositionAssignment).where(PositionAssignment.person_id == world.mine.person_id)
    ).one()
    post.duty_unit_id = post.home_unit_id = world.other.id
    session.commit()
    assert hr.get(address).status_code == 403


def test_a_zip_asked_for_before_the_role_ended_holds_nothing(
    session: Session, visitor: Visitor, world: World, run_jobs: RunJobs
) -> None:
    user = make_user(session)
    grant(session, user, Role.HR, world.commune)
    client = visitor.as_user(user)
    client.post("/hr/certificates/bundle")
    row = session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
    row.retracted_at = row.recorded_at
    session.commit()
    run_jobs()
    session.expire_all()
    job = session.scalars(select(Job)).one()
    assert job.result is not None
    assert job.result["certificate_ids"] == []
    assert client.get(f"/hr/certificates/bundles/{job.id}").status_code == 403


def test_a_zip_is_deleted_after_a_week(
    session: Session, hr: FlaskClient, world: World, run_jobs: RunJobs
) -> None:
    address = _bundle(hr, run_jobs)
    assert drop_old_bundles() == 0
    job = session.scalars(select(Job)).one()
    assert job.finished_at is not None
    assert job.result is not None
    key, job.finished_at = job.result["key"], job.finished_at - timedelta(days=8)
    session.commit()
    assert (drop_old_bundles(), drop_old_bundles()) == (1, 0)
    assert hr.get(address).status_code == 409
    assert "đã được xóa" in hr.get(f"/jobs/{job.id}").text
    with pytest.raises(NotFound):
        storage.get(key)


# --- the programme officer -----------------------------------------------------------------


def test_the_register_holds_the_officers_programmes(
    session: Session, visitor: Visitor, officer: FlaskClient, world: World
) -> None:
    page = officer.get("/officer/certificates?q=vi+thu").text
    assert world.foreign.serial in page
    assert world.mine.serial not in page
    assert officer.get(f"/certificates/{world.mine.serial}.pdf").status_code == 200
    elsewhere = holding(session, visitor, Role.PROGRAMME_OFFICER, make_unit(session, "KHAC"))
    assert world.mine.serial not in elsewhere.get("/officer/certificates").text
    assert elsewhere.get(f"/officer/certificates/{world.mine.serial}").status_code == 404
    assert elsewhere.get(f"/certificates/{world.mine.serial}.pdf").status_code == 404


def test_an_officer_of_elsewhere_changes_nothing(
    session: Session, visitor: Visitor, world: World
) -> None:
    elsewhere = holding(session, visitor, Role.PROGRAMME_OFFICER, make_unit(session, "KHAC"))
    form = {"reason_class": "OTHER", "reason": "thử"}
    completion = make_completion(session, make_person(session), world.programme)
    answers = [
        elsewhere.post(f"/officer/certificates/{world.mine.serial}/revoke", data=form),
        elsewhere.post(f"/officer/certificates/{world.mine.serial}/replace", data=form),
        elsewhere.post(f"/officer/certificates/issue/{completion.id}"),
    ]
    assert [response.status_code for response in answers] == [404, 404, 404]
    assert session.scalars(select(CertificateEvent)).all() == []


def test_hr_does_not_revoke(hr: FlaskClient, world: World) -> None:
    form = {"reason_class": "OTHER", "reason": "thử"}
    path = f"/officer/certificates/{world.mine.serial}/revoke"
    assert hr.post(path, data=form).status_code == 403


def test_the_officer_revokes_with_a_reason(
    session: Session, officer: FlaskClient, world: World
) -> None:
    path = f"/officer/certificates/{world.mine.serial}"
    assert officer.post(f"{path}/revoke", data={"reason_class": "OTHER"}).status_code == 422
    form = {"reason_class": "WRONG_COMPLETION", "reason": "Biên bản số 7"}
    assert officer.post(f"{path}/revoke", data=form, follow_redirects=True).status_code == 200
    page = officer.get(path).text
    assert "Biên bản số 7" in page
    assert "Đã bị thu hồi" in page
    completion = session.get_one(
        ProgrammeCompletion,
        session.scalars(
            select(Certificate.completion_id).where(Certificate.serial == world.mine.serial)
        ).one(),
        populate_existing=True,
    )
    assert completion.revoked_on == today()
    assert acts(session, "certificate.revoke") == [world.mine.serial]
    assert officer.post(f"{path}/revoke", data=form).status_code == 409


def test_a_reason_of_the_other_act_is_refused(officer: FlaskClient, world: World) -> None:
    form = {"reason_class": "PERSON_DATA_CORRECTED", "reason": "x"}
    path = f"/officer/certificates/{world.mine.serial}/revoke"
    assert officer.post(path, data=form).status_code == 422


def test_the_officer_sees_the_difference_and_replaces(
    session: Session, officer: FlaskClient, world: World
) -> None:
    session.get_one(Person, world.mine.person_id).full_name = "Lò Thử Ảnh"
    session.commit()
    path = f"/officer/certificates/{world.mine.serial}"
    page = officer.get(path).text
    assert "<del>Lò Thử Ánh</del>" in page
    assert "<ins>Lò Thử Ảnh</ins>" in page
    form = {"reason_class": "PERSON_DATA_CORRECTED", "reason": "Sửa họ tên"}
    response = officer.post(f"{path}/replace", data=form)
    assert response.status_code == 303
    page = officer.get(response.location).text
    assert "Lò Thử Ảnh" in page
    assert world.mine.serial in page
    assert acts(session, "certificate.replace") == [world.mine.serial]


def test_the_officer_issues_for_a_class_on_demand(
    session: Session, officer: FlaskClient, world: World
) -> None:
    person = make_person(session, full_name="Quàng Thử Chi")
    completion = make_completion(session, person, world.programme, source=CompletionSource.CLASS)
    page = officer.get("/officer/certificates/pending?q=quang").text
    assert "Quàng Thử Chi" in page
    assert "Lò Thử Ánh" not in officer.get("/officer/certificates/pending").text
    response = officer.post(f"/officer/certificates/issue/{completion.id}")
    assert response.status_code == 303
    assert "Tập trung" in officer.get(response.location).text
    assert "Quàng Thử Chi" not in officer.get("/officer/certificates/pending").text
    assert officer.post(f"/officer/certificates/issue/{completion.id}").status_code == 409


def test_the_register_goes_out_as_a_table(
    session: Session, officer: FlaskClient, world: World
) -> None:
    text = officer.get("/officer/certificates/export?shape=csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["Số hiệu"] for row in rows] == [world.mine.serial, world.foreign.serial]
    assert rows[0]["SHA-256 của tệp"] == world.mine.pdf_sha256
    assert rows[0]["Tình trạng"] == "Đang có hiệu lực"
    assert len(acts(session, "certificate.export")) == 1


def test_the_officer_enters_who_signs(session: Session, officer: FlaskClient, world: World) -> None:
    form = {
        "issuer": "Sở Nội vụ tỉnh Thử",
        "superior": "Ủy ban nhân dân tỉnh Thử",
        "place": "",
        "signer_title": "KT. GIÁM ĐỐC\r\nPHÓ GIÁM ĐỐC",
        "signer_name": "Trần Thử Nghiệm",
        "valid_from": "2020-01-01",
    }
    assert officer.post("/officer/certificates/signers", data=form).status_code == 303
    assert "Trần Thử Nghiệm" in officer.get("/officer/certificates/signers").text
    row = session.scalars(select(IssuerProfile)).one()
    assert row.signer_title == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"
    printed = make_certificate(
        session, make_completion(session, make_person(session), world.programme)
    ).printed
    assert printed.signer_name == "Trần Thử Nghiệm"
    foreign = officer.post("/officer/certificates/signers", data={**form, "issuer": "Khác"})
    assert foreign.status_code == 422
    empty = officer.post("/officer/certificates/signers", data={**form, "signer_title": " "})
    assert empty.status_code == 422

"""The register: numbers, one certificate each, snapshot, revoking, replacing, refusals."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.certificates import queries
from elearn.certificates.models import Certificate, CertificateEvent, IssuerProfile
from elearn.certificates.rules import CertificateState, ReasonClass
from elearn.certificates.services import Ending, Issued, issue, issue_once, replace, revoke
from elearn.curriculum.models import Programme
from elearn.infra import storage
from elearn.infra.db import transaction
from elearn.infra.models import AuditEntry
from elearn.kernel.actor import SYSTEM
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import Conflict, NotFound
from elearn.org.models import Person, UnitKind
from elearn.progress.models import CompletionSource, ProgrammeCompletion
from tests.factories.certificates import make_certificate, make_completion
from tests.factories.curriculum import (
    make_legal_document,
    make_lesson,
    make_module,
    make_programme,
)
from tests.factories.org import make_assignment, make_person, make_unit

IN_2025 = datetime(2025, 12, 31, 16, 59, 59, tzinfo=UTC)  # 23:59:59 in Viet Nam
IN_2026 = datetime(2025, 12, 31, 17, 0, 0, tzinfo=UTC)  # 00:00 on 01/01/2026
TODAY = date(2026, 11, 22)
WRONG = Ending(ReasonClass.WRONG_COMPLETION, "Bài kiểm tra do người khác làm hộ")
CORRECTED = Ending(ReasonClass.PERSON_DATA_CORRECTED, "Sửa họ tên theo quyết định 12")


@pytest.fixture
def programme(session: Session) -> Programme:
    make_unit(session, "T", kind=UnitKind.PROVINCE, name="Tỉnh Thử")
    return make_programme(session)


def completion_of(session: Session, programme: Programme, name: str = "Lò Thử Ánh") -> int:
    return make_completion(session, make_person(session, full_name=name), programme).id


def issued(completion_id: int, now: datetime) -> Issued | None:
    with transaction() as session:
        return issue_once(session, SYSTEM, completion_id, now=now)


def test_numbers_count_up_and_restart_with_the_local_year(
    session: Session, programme: Programme
) -> None:
    ids = [completion_of(session, programme) for _ in range(4)]
    serials = [
        issued(key, now) for key, now in zip(ids, (IN_2025,) * 2 + (IN_2026,) * 2, strict=True)
    ]
    assert [each.serial for each in serials if each] == [
        "GCN-2025-00001",
        "GCN-2025-00002",
        "GCN-2026-00001",
        "GCN-2026-00002",
    ]


def test_issuers_that_share_a_series_have_numbers_of_their_own(
    session: Session, programme: Programme
) -> None:
    other = make_programme(session)
    other.certificate = {**other.certificate, "issuer": "Trường Chính trị tỉnh Thử"}
    session.commit()
    order = [programme, other, programme, other]
    found = [issued(completion_of(session, each), IN_2026) for each in order]
    assert [each.serial for each in found if each] == [
        "GCN-2026-00001",
        "GCN.2-2026-00001",
        "GCN-2026-00002",
        "GCN.2-2026-00002",
    ]


def test_a_failed_act_leaves_no_gap(session: Session, programme: Programme) -> None:
    first, second = completion_of(session, programme), completion_of(session, programme)
    with pytest.raises(RuntimeError, match="later"), transaction() as inner:
        issue_once(inner, SYSTEM, first, now=IN_2026)
        raise RuntimeError("later in the same act")
    found = issued(second, IN_2026)
    assert found is not None
    assert found.serial == "GCN-2026-00001"


def test_issuing_again_gives_the_same_certificate(session: Session, programme: Programme) -> None:
    completion_id = completion_of(session, programme)
    assert issued(completion_id, IN_2025) == issued(completion_id, IN_2026)
    assert session.scalar(select(func.count(Certificate.id))) == 1


def test_a_second_completion_of_the_same_programme_earns_no_second_certificate(
    session: Session, programme: Programme
) -> None:
    person = make_person(session)
    first = make_completion(session, person, programme).id
    second = make_completion(session, person, programme, completed_on=date(2025, 4, 1)).id
    assert issued(first, IN_2025) == issued(second, IN_2025)
    assert session.scalar(select(func.count(Certificate.id))) == 1


def test_a_completion_that_lasts_longer_renews(session: Session, programme: Programme) -> None:
    person = make_person(session)
    first = make_completion(session, person, programme, expires_on=date(2026, 1, 1)).id
    second = make_completion(
        session, person, programme, completed_on=date(2025, 9, 1), expires_on=date(2027, 1, 1)
    ).id
    assert issued(first, IN_2025) != issued(second, IN_2025)
    states = [each.state for each in queries.list_own(session, person.id, today=TODAY)]
    assert states == [CertificateState.ISSUED, CertificateState.EXPIRED]


@pytest.mark.parametrize("source", [CompletionSource.CLASS, CompletionSource.EXTERNAL])
def test_what_was_imported_gets_a_certificate_only_when_the_officer_asks(
    session: Session, programme: Programme, source: CompletionSource
) -> None:
    completion = make_completion(session, make_person(session), programme, source=source)
    completion_id = completion.id
    assert issued(completion_id, IN_2026) is None
    with transaction() as inner:
        assert issue(inner, SYSTEM, completion_id, now=IN_2026).serial == "GCN-2026-00001"


def test_a_programme_without_a_certificate_rule_issues_none(session: Session) -> None:
    programme = make_programme(session)
    programme.certificate = {}
    session.commit()
    completion_id = completion_of(session, programme)
    assert issued(completion_id, IN_2026) is None
    with pytest.raises(Conflict, match="no_rule"), transaction() as inner:
        issue(inner, SYSTEM, completion_id, now=IN_2026)


def test_a_revoked_completion_earns_none(session: Session, programme: Programme) -> None:
    completion = make_completion(session, make_person(session), programme)
    completion.revoked_on = date(2025, 5, 1)
    session.commit()
    assert issued(completion.id, IN_2026) is None


def test_an_unknown_completion_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        issued(2_000_000_000, IN_2026)


def test_the_officer_cannot_issue_a_second_living_certificate(
    session: Session, programme: Programme
) -> None:
    certificate = make_certificate(
        session, make_completion(session, make_person(session), programme)
    )
    completion_id = session.scalars(select(ProgrammeCompletion.id)).one()
    with pytest.raises(Conflict, match=certificate.serial), transaction() as inner:
        issue(inner, SYSTEM, completion_id, now=IN_2026)


def test_the_snapshot_holds_what_was_true(session: Session) -> None:
    province = make_unit(session, "SL", kind=UnitKind.PROVINCE, name="Tỉnh Thử")
    department = make_unit(session, parent=province, name="Sở Mẫu")
    division = make_unit(session, parent=department, name="Phòng Mẫu")
    module = make_module(session, test_paper_code="m1-test")
    make_lesson(session, module)
    make_lesson(session, module)
    make_legal_document(session, "227-QD-UBND-2021")
    programme = make_programme(session, modules=(module,), scope_unit_code="SL")
    programme.legal_basis = ["227-QD-UBND-2021"]
    session.add(
        IssuerProfile(
            issuer="Sở Nội vụ tỉnh Thử",
            superior="Ủy ban nhân dân tỉnh Thử",
            place=None,
            signer_title="KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC",
            signer_name="Trần Thử Nghiệm",
            valid_from=date(2025, 1, 1),
            recorded_at=utc_now(),
        )
    )
    person = make_person(session, full_name="Lò Thử Ánh")
    person.birth_date = date(1990, 2, 3)
    make_assignment(session, person, division)
    printed = make_certificate(
        session, make_completion(session, person, programme, division), at=IN_2026
    ).printed
    assert printed.full_name == "Lò Thử Ánh"
    assert printed.birth_date == date(1990, 2, 3)
    assert printed.unit_name == "Phòng Mẫu, Sở Mẫu"
    assert printed.place == "Thử"
    assert printed.superior == "Ủy ban nhân dân tỉnh Thử"
    assert printed.minutes == 30
    assert printed.result == "Đạt"
    assert printed.completed_on == date(2025, 3, 14)
    assert printed.issued_on == date(2026, 1, 1)
    assert printed.legal_basis == (
        "Quyết định số 227/QD-UBND ngày 02/02/2021 của Ủy ban nhân dân tỉnh Thử"
    )
    assert printed.signer_title == "KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC"
    assert printed.signer_name == "Trần Thử Nghiệm"


def test_a_later_change_of_the_person_leaves_the_certificate_as_it_was(
    session: Session, programme: Programme
) -> None:
    completion = make_completion(session, make_person(session), programme)
    certificate = make_certificate(session, completion)
    before = storage.get(certificate.storage_key)
    person = session.get_one(Person, completion.person_id)
    person.full_name = "Lò Thử Ảnh"
    session.commit()
    found = queries.find_by_code(session, certificate.code, today=TODAY)
    assert found is not None
    assert found.printed.full_name == "Lò Thử Ánh"
    assert storage.get(found.storage_key) == before


def test_register_rows_are_never_edited_or_deleted(session: Session, programme: Programme) -> None:
    make_certificate(session, make_completion(session, make_person(session), programme))
    row = session.scalars(select(Certificate)).one()
    row.full_name = "Người Khác"
    with pytest.raises(RuntimeError, match="append-only"):
        session.flush()
    session.rollback()
    session.delete(session.scalars(select(Certificate)).one())
    with pytest.raises(RuntimeError, match="append-only"):
        session.flush()


def test_revoking_for_a_wrong_completion_ends_the_completion_too(
    session: Session, programme: Programme
) -> None:
    completion = make_completion(session, make_person(session), programme)
    certificate = make_certificate(session, completion)
    with transaction() as inner:
        revoke(inner, SYSTEM, certificate.id, WRONG, now=IN_2026)
    session.refresh(completion)
    assert completion.revoked_on == date(2026, 1, 1)
    assert completion.revocation_recorded_at == IN_2026
    found = queries.find_by_code(session, certificate.code, today=TODAY)
    assert found is not None
    assert found.state is CertificateState.REVOKED
    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "certificate.revoke")).one()
    assert (entry.subject_id, entry.reason) == (certificate.serial, WRONG.reason)


def test_revoking_for_an_error_of_issue_keeps_the_completion(
    session: Session, programme: Programme
) -> None:
    completion = make_completion(session, make_person(session), programme)
    certificate = make_certificate(session, completion)
    completion_id = completion.id
    ending = Ending(ReasonClass.ISSUED_IN_ERROR, "Cấp nhầm đợt")
    with transaction() as inner:
        revoke(inner, SYSTEM, certificate.id, ending, now=IN_2026)
    session.refresh(completion)
    assert completion.revoked_on is None
    with transaction() as inner:
        again = issue(inner, SYSTEM, completion_id, now=IN_2026)
    assert again.serial != certificate.serial


def test_replacing_corrects_the_name_under_a_new_number(
    session: Session, programme: Programme
) -> None:
    completion = make_completion(session, make_person(session), programme)
    old = make_certificate(session, completion, at=IN_2025)
    person = session.get_one(Person, completion.person_id)
    person.full_name = "Lò Thử Ảnh"
    session.commit()
    with transaction() as inner:
        new = replace(inner, SYSTEM, old.id, CORRECTED, now=IN_2026)
    found = queries.list_own(session, person.id, today=TODAY)
    assert [each.serial for each in found] == [new.serial, old.serial]
    assert [each.state for each in found] == [CertificateState.ISSUED, CertificateState.REPLACED]
    assert [each.printed.full_name for each in found] == ["Lò Thử Ảnh", "Lò Thử Ánh"]
    assert found[0].replaces_serial == old.serial
    assert found[1].ending is not None
    assert found[1].ending.successor_code == new.code
    assert found[0].printed.completed_on == found[1].printed.completed_on
    session.refresh(completion)
    assert completion.revoked_on is None


def test_a_certificate_ends_once(session: Session, programme: Programme) -> None:
    old = make_certificate(session, make_completion(session, make_person(session), programme))
    with transaction() as inner:
        replace(inner, SYSTEM, old.id, CORRECTED, now=IN_2026)
    for act in (replace, revoke):
        with pytest.raises(Conflict, match="ended"), transaction() as inner:
            act(inner, SYSTEM, old.id, CORRECTED, now=IN_2026)
    assert session.scalar(select(func.count(CertificateEvent.id))) == 1


def test_nothing_is_replaced_once_the_completion_fell(
    session: Session, programme: Programme
) -> None:
    completion = make_completion(session, make_person(session), programme)
    certificate = make_certificate(session, completion)
    completion.revoked_on = date(2026, 1, 1)
    session.commit()
    with pytest.raises(Conflict, match="completion_fell"), transaction() as inner:
        replace(inner, SYSTEM, certificate.id, CORRECTED, now=IN_2026)

"""Files of the register for those who may have them: one PDF, or many in one ZIP."""

import secrets
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.certificates import queries
from elearn.certificates.policy import download_reach, hr_reach
from elearn.certificates.queries import CertificateView, Filters, Reach
from elearn.certificates.rules import CertificateState
from elearn.infra import audit, storage
from elearn.infra.db import reading, transaction
from elearn.infra.jobs import Progress, enqueue, get_job
from elearn.infra.models import Job, JobState
from elearn.infra.tabular import Value, write_csv, write_xlsx
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.errors import N_, Conflict, Forbidden, Invalid, NotFound
from elearn.kernel.paging import PageRequest
from elearn.kernel.text import slug
from elearn.org.models import Unit
from elearn.org.presence import find_actor
from elearn.org.scope import UnitScope, units_in

BUNDLE = "certificates.bundle"
KEPT_FOR = timedelta(days=7)
# How often the progress of a bundle is told, in files.
_STEP = 20
_STATES = {
    CertificateState.ISSUED: "Đang có hiệu lực",
    CertificateState.REPLACED: "Đã được thay thế",
    CertificateState.REVOKED: "Đã bị thu hồi",
    CertificateState.EXPIRED: "Đã hết hạn",
}
# The list inside a bundle is an official Vietnamese paper like the certificates themselves.
_HEADERS = (
    "STT", "Số hiệu", "Họ và tên", "Đơn vị khi hoàn thành", "Chương trình", "Ngày hoàn thành",
    "Ngày cấp", "Tình trạng", "Tên tệp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be handed to the person who asked."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StreamedDownload:
    """A large file, handed over piece by piece."""

    name: str
    pieces: Iterator[bytes]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which certificates a bundle is to hold, in words that survive until the job is done."""

    text: str = ""
    programme_code: str | None = None
    unit_code: str | None = None
    state: CertificateState | None = None
    year: int | None = None


def file_name(found: CertificateView) -> str:
    """Return an ASCII name for the PDF of ``found``; serials make it unique."""
    name = slug(found.printed.full_name)
    return f"{found.serial}-{name}.pdf" if name else f"{found.serial}.pdf"


def open_one(actor: Actor, serial: str, *, now: datetime) -> Download:
    """Return the PDF as it was issued, to the holder, his HR or the officer; audited.

    Raises NotFound for everybody else, as for a number that does not exist.
    """
    day = local_day(now)
    with transaction() as session:
        found = queries.get_within(session, download_reach(actor, day), serial, today=day)
        content = storage.get(found.storage_key)
        details = {"own": found.person_id == actor.person_id}
        subject = ("certificate", found.serial)
        audit.record(session, actor, "certificate.download", subject, at=now, details=details)
    return Download(file_name(found), content)


def filters_of(session: Session, reach: Reach, selection: Selection) -> Filters:
    """Return ``selection`` as the filters of a list.

    Raises NotFound for a unit outside ``reach``, as for one that does not exist.
    """
    return Filters(
        text=selection.text,
        programme_code=selection.programme_code or None,
        unit=_part(session, reach, selection.unit_code) if selection.unit_code else None,
        state=selection.state,
        year=selection.year,
    )


def _part(session: Session, reach: Reach, unit_code: str) -> UnitScope:
    """Return the subtree of a unit of ``reach``."""
    unit_id = session.scalar(
        select(Unit.id).where(Unit.code == unit_code, Unit.id.in_(units_in(reach.people)))
    )
    if unit_id is None:
        raise NotFound("certificate.unit", N_("Không tìm thấy đơn vị này trong phạm vi của bạn."))
    return UnitScope(frozenset({unit_id}), reach.day)


def request_bundle(actor: Actor, selection: Selection, *, now: datetime) -> int:
    """Ask for a ZIP of the certificates of the own people that match; return the job's id.

    Raises Invalid when there are none.
    """
    day = local_day(now)
    with transaction() as session:
        reach = hr_reach(actor, day)
        filters = filters_of(session, reach, selection)
        count = queries.search(session, reach, filters, PageRequest(size=1)).total
        if count == 0:
            raise Invalid("certificate.nothing", N_("Không có chứng nhận nào để tải về."))
        payload = {"user_id": actor.user_id, "selection": plain_selection(selection)}
        job_id = enqueue(session, actor, BUNDLE, payload, now=now)
        audit.record(
            session,
            actor,
            "certificate.bundle",
            ("job", job_id),
            at=now,
            details={"count": count, "selection": plain_selection(selection)},
        )
        return job_id


def plain_selection(selection: Selection) -> dict[str, Any]:
    """Return ``selection`` as JSON keeps it."""
    return {
        "text": selection.text,
        "programme_code": selection.programme_code,
        "unit_code": selection.unit_code,
        "state": selection.state.value if selection.state else None,
        "year": selection.year,
    }


def _selection(plain: Mapping[str, Any]) -> Selection:
    state = CertificateState(plain["state"]) if plain["state"] else None
    return Selection(**{**plain, "state": state})


def _chosen(session: Session, reach: Reach, selection: Selection) -> list[CertificateView]:
    filters = filters_of(session, reach, selection)
    return list(queries.iter_matching(session, reach, filters))


def build_bundle(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Write the ZIP: the PDF files and the list of them. The reach is that of the present."""
    now = utc_now()
    day = local_day(now)
    with reading() as session:
        actor = find_actor(session, payload["user_id"], day)
        if actor is None:
            raise Forbidden("certificate.bundle_owner", N_("Tài khoản đã yêu cầu không còn dùng."))
        chosen = _chosen(session, hr_reach(actor, day), _selection(payload["selection"]))
    key = f"bundles/{secrets.token_hex(16)}.zip"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        _write_zip(path, chosen, progress)
        storage.put_file(key, path)
    return {
        "key": key,
        "name": f"chung-nhan-{day:%Y%m%d}.zip",
        "certificate_ids": [each.id for each in chosen],
    }


def _write_zip(path: Path, chosen: Sequence[CertificateView], progress: Progress) -> None:
    rows = list(_index_rows(chosen))
    # PDF files are compressed already.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as bundle:
        bundle.writestr("danh-sach.xlsx", write_xlsx(_HEADERS, rows, "Danh sách"))
        bundle.writestr("danh-sach.csv", write_csv(_HEADERS, rows))
        for number, found in enumerate(chosen, 1):
            bundle.writestr(f"pdf/{file_name(found)}", storage.get(found.storage_key))
            if number % _STEP == 0 or number == len(chosen):
                progress.report(number, len(chosen))


def _index_rows(chosen: Sequence[CertificateView]) -> Iterator[tuple[Value, ...]]:
    for number, found in enumerate(chosen, 1):
        printed = found.printed
        yield (
            number,
            found.serial,
            printed.full_name,
            printed.unit_name,
            printed.programme_title,
            printed.completed_on,
            printed.issued_on,
            _STATES[found.state],
            f"pdf/{file_name(found)}",
        )


def open_bundle(actor: Actor, job_id: int, *, now: datetime) -> StreamedDownload:
    """Return the ZIP to the person who asked for it, as long as all of it is his to see; audited.

    Raises NotFound for anybody else's job, Conflict while it is not done, Forbidden when somebody
    in it has left the actor's units since.
    """
    day = local_day(now)
    with transaction() as session:
        job = get_job(session, job_id, owner=actor)
        if job.kind != BUNDLE:
            raise NotFound("job.unknown", N_("Không tìm thấy công việc này."))
        if job.state is not JobState.DONE or job.result is None:
            raise Conflict("certificate.bundle_open", N_("Gói chứng nhận chưa sẵn sàng."))
        ids: list[int] = job.result["certificate_ids"]
        if queries.count_within(session, hr_reach(actor, day), ids) != len(ids):
            raise Forbidden(
                "certificate.bundle_scope",
                N_("Phạm vi của bạn đã thay đổi từ khi tạo gói này. Hãy tạo gói mới."),
            )
        subject, details = ("job", job_id), {"count": len(ids)}
        audit.record(
            session, actor, "certificate.bundle_download", subject, at=now, details=details
        )
    return StreamedDownload(job.result["name"], storage.stream(job.result["key"]))


def drop_old_bundles() -> int:
    """Delete bundles of a week ago, which hold many people's data in one file; return how many."""
    now = utc_now()
    with transaction() as session:
        jobs = session.scalars(
            select(Job).where(
                Job.kind == BUNDLE,
                Job.state == JobState.DONE,
                Job.finished_at < now - KEPT_FOR,
            )
        ).all()
        for job in jobs:
            storage.delete((job.result or {})["key"])
            job.state = JobState.FAILED
            job.problem = N_("Gói đã quá 7 ngày và đã được xóa. Hãy tạo gói mới.")
    return len(jobs)

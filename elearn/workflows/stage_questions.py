"""Questions handed in through the browser: kept, checked by a job, shown, then imported or not.

Files of strangers are read by jobs alone: what breaks a reader breaks no page, and the web
process stays small.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePath

from sqlalchemy.orm import Session

from elearn.assessment.formats.catalogue import AUTO, MAX_BYTES, format_of
from elearn.assessment.formats.neutral import Defaults
from elearn.authoring.catalogue.queries import find_module_id
from elearn.authoring.drafts.policy import check_author
from elearn.authoring.imports.batches import ENDED, WAITING, list_abandoned, own_import
from elearn.authoring.imports.models import ImportState, QuestionImport
from elearn.infra import storage
from elearn.infra.db import after_commit, reading, transaction
from elearn.infra.jobs import enqueue
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Conflict, Invalid, NotFound
from elearn.kernel.text import clean_line

CHECK, APPLY = "questions.check", "questions.apply"
# How long a file lies waiting for a confirmation.
KEPT_WAITING = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file as it came, and what its author says of it."""

    name: str
    content: bytes
    bank: str
    format: str = AUTO
    defaults: Defaults = field(default_factory=Defaults)


def stage(actor: Actor, file: ImportFile, *, now: datetime) -> int:
    """Keep the file and have it checked; return the id of the job that does.

    Raises Forbidden, Invalid for a file too large or empty, NotFound for an unknown bank.
    """
    check_author(actor)
    if not file.content.strip():
        raise Invalid("file.empty", N_("Tệp trống."))
    if len(file.content) > MAX_BYTES:
        message = N_("Tệp lớn hơn %(limit)d MB.")
        raise Invalid("file.too_large", message, limit=MAX_BYTES // 1024 // 1024)
    if file.format != AUTO:
        format_of(file.format)
    with transaction() as session:
        if find_module_id(session, file.bank) is None:
            raise NotFound("module.unknown", N_("Không tìm thấy chuyên đề này."))
        batch = new_import(actor, file, now)
        session.add(batch)
        session.flush()
        batch.file_key = f"question-imports/{batch.id}/file"
        storage.put(batch.file_key, file.content)
        batch.job_id = enqueue(session, actor, CHECK, {"import_id": batch.id}, now=now)
        return batch.job_id


def new_import(actor: Actor, file: ImportFile, now: datetime) -> QuestionImport:
    """Return an import that has only just begun."""
    return QuestionImport(
        created_by=actor.user_id,
        created_at=now,
        bank=file.bank,
        file_name=clean_line(PurePath(file.name).name)[:200],
        format=file.format,
        defaults=asdict(file.defaults),
        pictures={},
        state=ImportState.CHECKING,
        question_count=0,
        is_renewed=False,
        report={},
    )


def confirm(actor: Actor, import_id: int, digest: str, *, now: datetime) -> int | None:
    """Have the import done that its author has seen as ``digest``; return the id of the job.

    None: something else would be done now, so it is to be looked at again. Raises NotFound,
    Forbidden, and Conflict when it is not waiting for this.
    """
    check_author(actor)
    with transaction() as session:
        batch = own_import(session, actor, import_id)
        if batch.state is not ImportState.READY:
            raise Conflict("import.not_ready", N_("Lần nhập này không còn chờ xác nhận."))
        if batch.digest != digest:
            batch.is_renewed = True
            return None
        batch.state = ImportState.APPLYING
        batch.job_id = enqueue(session, actor, APPLY, {"import_id": batch.id}, now=now)
        return batch.job_id


def cancel(actor: Actor, import_id: int, *, now: datetime) -> None:
    """Put an import aside that has not been done. Raises NotFound, Conflict."""
    with transaction() as session:
        batch = own_import(session, actor, import_id)
        if batch.state in ENDED:
            raise Conflict("import.ended", N_("Lần nhập này đã kết thúc."))
        _put_aside(session, batch, now)


def forget_abandoned(now: datetime) -> int:
    """Put aside imports that nobody confirmed for two weeks; return how many. Safe to repeat."""
    with reading() as session:
        ids = list_abandoned(session, now - KEPT_WAITING)
        session.rollback()
    for import_id in ids:
        with transaction() as session:
            batch = session.get_one(QuestionImport, import_id, with_for_update=True)
            if batch.state in WAITING:
                _put_aside(session, batch, now)
    return len(ids)


def _put_aside(session: Session, batch: QuestionImport, now: datetime) -> None:
    batch.state, batch.ended_at, batch.report = ImportState.CANCELLED, now, {}
    drop_files(session, batch)


def drop_files(session: Session, batch: QuestionImport) -> None:
    """Forget the file and what was read from it, once the import has ended."""
    keys = [batch.file_key, batch.reading_key, *batch.pictures.values()]
    batch.file_key = batch.reading_key = None
    batch.pictures = {}

    def delete() -> None:
        for key in keys:
            if key is not None:
                storage.delete(key)

    after_commit(session, delete)

"""Import of questions: read a file, plan against the bank, keep all new ones as drafts or none."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.assessment.formats import catalogue
from elearn.assessment.formats.checking import Checked, Reading, check_all
from elearn.assessment.formats.neutral import Defaults, Trouble
from elearn.authoring.catalogue.queries import find_module_id
from elearn.authoring.drafts.policy import check_author
from elearn.authoring.imports import kept
from elearn.authoring.imports.batches import own_import
from elearn.authoring.imports.models import ImportState, QuestionImport
from elearn.authoring.imports.plan import Plan, digest_of, make_plan
from elearn.authoring.imports.queries import load_bank
from elearn.authoring.imports.services import keep_as_drafts
from elearn.curriculum.media import store_picture
from elearn.infra import audit, storage
from elearn.infra.db import advisory_lock, reading, transaction
from elearn.infra.jobs import Progress
from elearn.infra.pictures import PictureInfo
from elearn.infra.uploads import Picture, inspected, redraw
from elearn.kernel.actor import SYSTEM, Actor
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.errors import N_, AppError, Conflict, Forbidden, Invalid, NotFound
from elearn.org.presence import find_actor
from elearn.workflows.stage_questions import ImportFile, drop_files, new_import

# One import at a time; the number is arbitrary and stands nowhere else.
LOCK = 71_220_002
MAX_PICTURES = 500


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: checked questions, and its pictures drawn anew, by name."""

    reading: Reading
    pictures: Mapping[str, Picture]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did or would do; with errors nothing was done."""

    imported: int = 0
    duplicates: int = 0
    errors: Sequence[Trouble] = ()
    notes: Sequence[Trouble] = ()
    applied: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the shape of design.md 5.1."""
        return {
            "imported": self.imported,
            "duplicates": self.duplicates,
            "errors": [trouble.as_json() for trouble in self.errors],
            "applied": self.applied,
        }


def run(actor: Actor, file: ImportFile, *, dry_run: bool, now: datetime) -> ImportReport:
    """Import ``file`` in one transaction, or tell what that would do when ``dry_run``.

    With any error nothing is written. Raises Forbidden for who may not write drafts, Conflict
    when somebody else took the same codes at the same moment.
    """
    if actor is not SYSTEM:
        check_author(actor)
    try:
        found = read(file)
        if found.reading.errors or dry_run:
            with reading() as session:
                return report_of(plan_for(session, file.bank, found.reading), applied=False)
        with refused_by_database(), transaction() as session:
            return _import(session, actor, file, found, now)
    except (Invalid, NotFound) as error:
        trouble = Trouble(None, None, error.code, error.message, error.params)
        return ImportReport(errors=[trouble])


@contextmanager
def refused_by_database() -> Iterator[None]:
    """Raise Conflict where a constraint shows that somebody else was there first."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(
            "import.conflict", N_("Ngân hàng vừa được người khác thay đổi. Hãy thực hiện lại.")
        ) from error


def read(file: ImportFile) -> Read:
    """Return what ``file`` holds. Raises Invalid when it cannot be read as a whole."""
    parsed = catalogue.read(file.content, file.format, file.name)
    found = check_all(parsed, file.bank, file.defaults)
    pictures, troubles = _draw(found.questions)
    return Read(Reading(found.questions, [*found.troubles, *troubles]), pictures)


def _draw(questions: Sequence[Checked]) -> tuple[dict[str, Picture], list[Trouble]]:
    """Return the pictures of ``questions`` drawn anew, and what is wrong with the others."""
    drawn: dict[str, Picture] = {}
    troubles: list[Trouble] = []
    for checked in questions:
        for name, content in checked.pictures.items():
            if name in drawn:
                continue
            try:
                if len(drawn) >= MAX_PICTURES:
                    raise _too_many()
                drawn[name] = redraw(content)
            except AppError as error:
                params = {"name": name, "problem": error.text()}
                message = N_("Hình “%(name)s”: %(problem)s")
                troubles.append(Trouble(checked.line, checked.label, error.code, message, params))
    return drawn, troubles


def _too_many() -> Invalid:
    return Invalid(
        "picture.too_many", N_("Tệp có hơn %(limit)d hình. Hãy chia nhỏ."), limit=MAX_PICTURES
    )


def plan_for(session: Session, bank: str, found: Reading) -> Plan:
    """Return what importing ``found`` would do as things stand. Raises NotFound for the bank."""
    module_of(session, bank)
    named = [str(each.entry["id"]) for each in found.questions if "id" in each.entry]
    return make_plan(found, load_bank(session, bank, named))


def module_of(session: Session, bank: str) -> int:
    """Return the id of the module whose bank is ``bank``. Raises NotFound."""
    module_id = find_module_id(session, bank)
    if module_id is None:
        raise NotFound("module.unknown", N_("Không tìm thấy chuyên đề này."))
    return module_id


def report_of(plan: Plan, *, applied: bool) -> ImportReport:
    """Return the report on ``plan``; with errors nothing is, or would be, imported."""
    return ImportReport(
        imported=0 if plan.errors else len(plan.new),
        duplicates=plan.duplicate_count,
        errors=plan.errors,
        notes=[trouble for trouble in plan.troubles if trouble.is_note],
        applied=applied,
    )


def _import(
    session: Session, actor: Actor, file: ImportFile, found: Read, now: datetime
) -> ImportReport:
    advisory_lock(session, LOCK)
    plan = plan_for(session, file.bank, found.reading)
    if plan.errors:
        return report_of(plan, applied=False)
    batch = new_import(actor, file, now)
    return write(session, actor, plan, found.pictures, batch, now=now)


def write(
    session: Session,
    actor: Actor,
    plan: Plan,
    pictures: Mapping[str, Picture],
    batch: QuestionImport,
    *,
    now: datetime,
) -> ImportReport:
    """Keep the new questions of ``plan``, which has no errors, as drafts; with audit."""
    module_id = module_of(session, plan.bank)
    used = {name for each in plan.new for name in each.checked.pictures}
    for name in sorted(used & pictures.keys()):
        picture = pictures[name]
        info = PictureInfo(picture.content_type, picture.width, picture.height)
        store_picture(session, module_id, name, picture.content, info, now=now)
    comment = f"Nhập từ tệp {batch.file_name}"
    keep_as_drafts(session, plan, comment, actor=actor, now=now)
    report = report_of(plan, applied=True)
    counts = {"imported": report.imported, "duplicates": report.duplicates}
    batch.state, batch.ended_at = ImportState.APPLIED, now
    drop_files(session, batch)
    batch.question_count, batch.report = len(plan.questions), counts
    session.add(batch)
    session.flush()
    details = {**counts, "file": batch.file_name, "bank": batch.bank, "pictures": len(used)}
    audit.record(
        session, actor, "questions.import", ("question_import", batch.id), at=now, details=details
    )
    return report


# ---- jobs: what was handed in through the browser


def check_import(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Check the file of an import that waits for it; done again it changes nothing."""
    now = utc_now()
    waiting = _waiting(payload, now)
    if waiting.state is not ImportState.CHECKING or waiting.file_key is None:
        return {"import_id": waiting.id}
    progress.report(0, 2)
    file = waiting.file(storage.get(waiting.file_key))
    try:
        found = read(file)
    except Invalid as error:
        trouble = Trouble(None, None, error.code, error.message, error.params)
        found = Read(Reading([], [trouble]), {})
    progress.report(1, 2)
    pictures = {name: f"question-imports/{waiting.id}/{name}" for name in found.pictures}
    for name, key in pictures.items():
        storage.put(key, found.pictures[name].content)
    with transaction() as session:
        batch = own_import(session, waiting.actor, waiting.id)
        if batch.state is ImportState.CHECKING:
            batch.pictures = pictures
            _show(batch, plan_for(session, batch.bank, found.reading))
    return {"import_id": waiting.id}


def apply_import(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Do an import that was confirmed; done again it changes nothing."""
    now = utc_now()
    waiting = _waiting(payload, now)
    if waiting.state is not ImportState.APPLYING or waiting.reading_key is None:
        return {"import_id": waiting.id}
    check_author(waiting.actor)
    found = kept.from_json(storage.get(waiting.reading_key))
    pictures = {name: inspected(storage.get(key)) for name, key in waiting.pictures.items()}
    progress.report(1, 2)
    with refused_by_database(), transaction() as session:
        advisory_lock(session, LOCK)
        batch = own_import(session, waiting.actor, waiting.id)
        if batch.state is not ImportState.APPLYING:
            return {"import_id": waiting.id}
        plan = plan_for(session, batch.bank, found)
        if plan.errors or digest_of(plan) != batch.digest:
            batch.is_renewed = True
            _show(batch, plan)
        else:
            write(session, waiting.actor, plan, pictures, batch, now=now)
    return {"import_id": waiting.id}


def _show(batch: QuestionImport, plan: Plan) -> None:
    """Keep what an import would do, for its author to look at."""
    batch.state = ImportState.REFUSED if plan.errors else ImportState.READY
    batch.digest, batch.question_count = digest_of(plan), len(plan.questions)
    batch.report = kept.report_of(plan)
    batch.reading_key = f"question-imports/{batch.id}/reading"
    storage.put(batch.reading_key, kept.to_json(plan))


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An import that a job is to work on, in the name of its author."""

    actor: Actor
    id: int
    state: ImportState
    bank: str
    file_name: str
    format: str
    defaults: Mapping[str, Any]
    file_key: str | None
    reading_key: str | None
    pictures: Mapping[str, str]

    def file(self, content: bytes) -> ImportFile:
        """Return the file with what its author said of it."""
        lists = {key: tuple(self.defaults.get(key) or ()) for key in ("skills", "citations")}
        defaults = Defaults(**{**self.defaults, **lists})
        return ImportFile(self.file_name, content, self.bank, self.format, defaults)


def _waiting(payload: Mapping[str, Any], now: datetime) -> _Waiting:
    """Return the import of a job with its author's roles of today. Raises Forbidden."""
    with reading() as session:
        batch = session.get_one(QuestionImport, payload["import_id"], populate_existing=True)
        actor = find_actor(session, batch.created_by or 0, local_day(now))
        if actor is None:
            raise Forbidden("import.owner", N_("Tài khoản đã gửi tệp không còn dùng."))
        return _Waiting(
            actor=actor,
            id=batch.id,
            state=batch.state,
            bank=batch.bank,
            file_name=batch.file_name,
            format=batch.format,
            defaults=dict(batch.defaults),
            file_key=batch.file_key,
            reading_key=batch.reading_key,
            pictures=dict(batch.pictures),
        )

"""Reads of imports of questions, for the person who made them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from elearn.authoring.drafts.content import QuestionText, from_json
from elearn.authoring.imports.models import ImportState, QuestionImport
from elearn.authoring.models import DraftKind
from elearn.infra import storage
from elearn.infra.models import Job, JobState
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, NotFound
from elearn.kernel.paging import Page, PageRequest

WAITING = (ImportState.CHECKING, ImportState.READY, ImportState.REFUSED)
ENDED = (ImportState.APPLIED, ImportState.CANCELLED)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in a list."""

    id: int
    created_at: datetime
    bank: str
    file_name: str
    state: ImportState
    imported: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """What is wrong or worth knowing; ``message`` is translated with ``params`` when shown."""

    line: int | None
    question: str | None
    message: str
    params: dict[str, Any]
    is_note: bool


@dataclass(frozen=True, slots=True)
class ImportView:
    """An import with what it would do or did.

    ``is_renewed``: what is shown was worked out anew because the bank had changed meanwhile.
    """

    id: int
    created_at: datetime
    bank: str
    file_name: str
    format: str
    state: ImportState
    question_count: int
    digest: str | None
    is_renewed: bool
    job_id: int | None
    has_job_failed: bool
    imported: int
    duplicates: int
    troubles: tuple[TroubleLine, ...]
    error_count: int
    note_count: int
    reading_key: str | None
    pictures: dict[str, str]


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question of the file as it would be imported; ``content`` None when it is wrong.

    ``outcome`` NEW, DUPLICATE or WRONG; ``code`` is its own, ``like`` that of its double.
    """

    number: int
    line: int | None
    label: str
    outcome: str
    code: str | None
    like: str | None
    content: QuestionText | None
    troubles: tuple[str, ...]


def _unknown() -> NotFound:
    return NotFound("import.unknown", N_("Không tìm thấy lần nhập này."))


def own_import(session: Session, actor: Actor, import_id: int) -> QuestionImport:
    """Return the import of ``actor`` for writing, its row held. Raises NotFound for others'."""
    found = session.scalar(
        select(QuestionImport)
        .where(QuestionImport.id == import_id, QuestionImport.created_by == actor.user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise _unknown()
    return found


def list_imports(session: Session, actor: Actor, limit: int = 20) -> list[ImportLine]:
    """Return the last imports of ``actor``, newest first."""
    rows = session.scalars(
        select(QuestionImport)
        .where(QuestionImport.created_by == actor.user_id)
        .order_by(QuestionImport.id.desc())
        .limit(limit)
    )
    return [
        ImportLine(
            id=row.id,
            created_at=row.created_at,
            bank=row.bank,
            file_name=row.file_name,
            state=row.state,
            imported=row.report.get("imported", 0),
            duplicates=row.report.get("duplicates", 0),
        )
        for row in rows
    ]


def list_abandoned(session: Session, before: datetime) -> list[int]:
    """Return the ids of imports begun before ``before`` that still wait for their author."""
    waiting = QuestionImport.state.in_(WAITING), QuestionImport.created_at < before
    return list(session.scalars(select(QuestionImport.id).where(*waiting)))


def get_import(session: Session, actor: Actor, import_id: int) -> ImportView:
    """Return the import of ``actor``. Raises NotFound for anybody else's."""
    return _view(session, actor, QuestionImport.id == import_id)


def get_import_of_job(session: Session, actor: Actor, job_id: int) -> ImportView:
    """Return the import of ``actor`` that the job works on. Raises NotFound."""
    return _view(session, actor, QuestionImport.job_id == job_id)


def _view(session: Session, actor: Actor, condition: ColumnElement[bool]) -> ImportView:
    row = session.execute(
        select(QuestionImport, Job.state)
        .outerjoin(Job, Job.id == QuestionImport.job_id)
        .where(condition, QuestionImport.created_by == actor.user_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise _unknown()
    found, job_state = row
    report = found.report
    return ImportView(
        id=found.id,
        created_at=found.created_at,
        bank=found.bank,
        file_name=found.file_name,
        format=found.format,
        state=found.state,
        question_count=found.question_count,
        digest=found.digest,
        is_renewed=found.is_renewed,
        job_id=found.job_id,
        has_job_failed=job_state is JobState.FAILED,
        imported=report.get("imported", 0),
        duplicates=report.get("duplicates", 0),
        troubles=tuple(TroubleLine(**each) for each in report.get("troubles", ())),
        error_count=report.get("errors", 0),
        note_count=report.get("notes", 0),
        reading_key=found.reading_key,
        pictures=found.pictures,
    )


def page_of_shown(found: ImportView, page: PageRequest) -> Page[ShownQuestion]:
    """Return the questions of an import as they would be imported."""
    if found.reading_key is None:
        return Page([], 1, page.size, 0)
    rows = json.loads(storage.get(found.reading_key))["questions"]
    shown = [
        _shown(number, row)
        for number, row in enumerate(rows[page.offset : page.offset + page.size], page.offset + 1)
    ]
    return Page(shown, page.number, page.size, len(rows))


def _shown(number: int, row: dict[str, Any]) -> ShownQuestion:
    stored = row["content"]
    content = from_json(DraftKind.QUESTION, stored) if stored is not None else None
    return ShownQuestion(
        number=number,
        line=row["line"],
        label=row["label"],
        outcome=row["outcome"],
        code=row["code"],
        like=row["like"],
        content=content if isinstance(content, QuestionText) else None,
        troubles=tuple(row["troubles"]),
    )

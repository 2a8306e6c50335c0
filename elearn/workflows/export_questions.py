"""Questions of a bank going out in any format, so that nobody is locked in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.formats import catalogue
from elearn.assessment.formats.entries import entry_of, ordered_entry
from elearn.assessment.formats.neutral import Entry, Outgoing, Written
from elearn.assessment.models import Question, QuestionVersion
from elearn.assessment.publishing import question_content
from elearn.authoring.catalogue.queries import find_module_id
from elearn.authoring.drafts.policy import check_reader
from elearn.authoring.drafts.rules import OPEN
from elearn.authoring.models import Draft, DraftKind, DraftOrigin
from elearn.curriculum.media import current_media
from elearn.infra import audit, storage
from elearn.infra.db import transaction
from elearn.kernel.actor import SYSTEM, Actor
from elearn.kernel.errors import N_, Conflict, Invalid, NotFound

# More are no work for a request; the command line takes any number.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """Which questions of a bank; an empty value asks for all."""

    bank: str
    lesson: str = ""
    level: str = ""
    type: str = ""
    with_drafts: bool = False


def export(
    actor: Actor, selection: Selection, format_name: str, *, now: datetime, limit: int | None = None
) -> Written:
    """Return the questions as a file, keys included, and what the format could not hold.

    Published questions; with ``with_drafts`` also new ones that are still drafts. Raises
    Forbidden, NotFound for an unknown bank, Invalid for an unknown format or more than ``limit``
    questions, Conflict when there is none.
    """
    if actor is not SYSTEM:
        check_reader(actor)
    catalogue.format_of(format_name)
    with transaction() as session:
        module_id = find_module_id(session, selection.bank)
        if module_id is None:
            raise NotFound("module.unknown", N_("Không tìm thấy chuyên đề này."))
        entries = list(_entries(session, selection))
        if not entries:
            raise Conflict("export.nothing", N_("Không có câu hỏi nào để xuất."))
        if limit is not None and len(entries) > limit:
            message = N_("Có %(count)d câu, mỗi lần tải tối đa %(limit)d. Hãy lọc theo bài học.")
            raise Invalid("export.too_many", message, count=len(entries), limit=limit)
        picture = _pictures(session, module_id)
        details = {"bank": selection.bank, "format": format_name, "questions": len(entries)}
        audit.record(
            session, actor, "questions.export", ("bank", selection.bank), at=now, details=details
        )
    return catalogue.codec_of(format_name).write(Outgoing(entries, picture))


def _entries(session: Session, selection: Selection) -> Iterator[Entry]:
    found = [*_published(session, selection.bank)]
    if selection.with_drafts:
        found += _drafts(session, selection.bank)
    for entry in sorted(found, key=lambda each: str(each["id"])):
        wanted = (
            ("lesson", selection.lesson),
            ("level", selection.level),
            ("type", selection.type),
        )
        if all(value in ("", entry.get(key)) for key, value in wanted):
            yield entry


def _published(session: Session, bank: str) -> Iterator[Entry]:
    rows = session.execute(
        select(Question, QuestionVersion)
        .join(QuestionVersion, Question.published_version_id == QuestionVersion.id)
        .where(Question.bank == bank, Question.retired_at.is_(None))
    )
    for question, version in rows:
        yield entry_of(question_content(question, version), bank)


def _drafts(session: Session, bank: str) -> Iterator[Entry]:
    """Yield the questions that have never been published, as far as they are written."""
    rows = session.execute(
        select(Draft.code, Draft.content).where(
            Draft.kind == DraftKind.QUESTION,
            Draft.module_code == bank,
            Draft.base_number.is_(None),
            Draft.origin == DraftOrigin.BROWSER,
            Draft.state.in_(OPEN),
        )
    )
    for code, content in rows:
        body = content.get("body") or {}
        if body.get("stem"):
            header = {key: value for key, value in content.items() if key != "body"}
            yield ordered_entry({"id": code, **header, **body})


def _pictures(session: Session, module_id: int) -> Callable[[str], bytes | None]:
    """Return what gives the bytes of a picture of the module by its name."""
    media = current_media(session, [module_id]).get(module_id, {})
    keys = {name: each.storage_key for name, each in media.items()}

    def picture(name: str) -> bytes | None:
        try:
            return storage.get(keys[name]) if name in keys else None
        except NotFound:
            return None

    return picture

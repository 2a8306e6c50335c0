"""The question bank as authors search it; a handful of statements however large it is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from elearn.assessment.models import QuestionVersion
from elearn.assessment.statistics.models import ItemStatistic
from elearn.authoring.catalogue.queries import question_text
from elearn.authoring.catalogue.search import BankSearch, BankState, everything, matching
from elearn.authoring.drafts.content import QuestionText, from_json
from elearn.authoring.drafts.queries import title_of
from elearn.authoring.models import Draft, DraftKind, DraftState
from elearn.curriculum.models import Lesson, LessonVersion, Module
from elearn.infra.bulk import slices
from elearn.kernel.paging import Page, PageRequest


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question in the list; ``number`` None while it is not published.

    ``n``, ``facility`` (0 to 1) and ``discrimination`` are of all attempts, None before the first.
    """

    code: str
    module_code: str
    stem: str
    type: str
    level: str
    lesson: str | None
    number: int | None
    state: BankState
    draft_id: int | None
    draft_state: DraftState | None
    area: str | None
    skills: tuple[str, ...]
    citations: tuple[str, ...]
    n: int | None
    facility: float | None
    discrimination: float | None


def list_lessons(session: Session, module_code: str = "") -> list[tuple[str, str]]:
    """Return (code, title) of the published lessons, of one module or of all."""
    statement = (
        select(Lesson.code, LessonVersion.title)
        .join(LessonVersion, LessonVersion.id == Lesson.published_version_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Lesson.retired_at.is_(None))
        .order_by(Module.position, Lesson.position, Lesson.code)
    )
    if module_code:
        statement = statement.where(Module.code == module_code)
    return [(code, title) for code, title in session.execute(statement)]


def page_of_questions(
    session: Session, search: BankSearch, page: PageRequest, *, on: date
) -> Page[QuestionLine]:
    """Return the questions that ``search`` asks for, by code; four statements."""
    bank = everything()
    found = matching(session, search, bank, on=on)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    rows = session.execute(_ordered(found, bank, search).offset(page.offset).limit(page.size)).all()
    return Page(_lines(session, rows), page.number, page.size, total)


def iter_questions(session: Session, search: BankSearch, *, on: date) -> Iterator[QuestionLine]:
    """Yield every question that ``search`` asks for, in the order of the list."""
    bank = everything()
    found = matching(session, search, bank, on=on)
    rows = session.execute(_ordered(found, bank, search)).all()
    for part in slices(rows):
        yield from _lines(session, part)


def codes_of(session: Session, search: BankSearch, *, on: date, limit: int) -> list[str]:
    """Return the codes that ``search`` asks for, at most ``limit``."""
    bank = everything()
    found = matching(session, search, bank, on=on).order_by(bank.c.code)
    return list(session.scalars(found.limit(limit)))


def _ordered(found: Any, bank: Subquery, search: BankSearch) -> Any:  # noqa: ANN401 - two selects
    columns = [bank.c[name] for name in _COLUMNS]
    wide = found.with_only_columns(
        *columns, ItemStatistic.n, ItemStatistic.facility, ItemStatistic.discrimination
    )
    order = (bank.c.same_key, bank.c.code) if search.is_double else (bank.c.code,)
    return wide.order_by(*order)


_COLUMNS = ("code", "module_code", "version_id", "number", "is_retired", "draft_id", "draft_state")


def _lines(session: Session, rows: Sequence[Any]) -> list[QuestionLine]:
    versions = _texts_of_versions(session, [row.version_id for row in rows])
    drafts = _texts_of_drafts(session, [row.draft_id for row in rows if row.version_id is None])
    return [
        _line(row, versions[row.version_id] if row.version_id else drafts[row.draft_id])
        for row in rows
    ]


def _texts_of_versions(
    session: Session, version_ids: Iterable[int | None]
) -> Mapping[int, QuestionText]:
    wanted = [version_id for version_id in version_ids if version_id is not None]
    if not wanted:
        return {}
    rows = session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(wanted)))
    return {version.id: question_text(version) for version in rows}


def _texts_of_drafts(session: Session, draft_ids: Sequence[int]) -> Mapping[int, QuestionText]:
    if not draft_ids:
        return {}
    rows = session.execute(select(Draft.id, Draft.content).where(Draft.id.in_(draft_ids)))
    texts = {row.id: from_json(DraftKind.QUESTION, row.content) for row in rows}
    return {key: text for key, text in texts.items() if isinstance(text, QuestionText)}


def _line(row: Any, text: QuestionText) -> QuestionLine:  # noqa: ANN401 - a row of _ordered
    return QuestionLine(
        code=row.code,
        module_code=row.module_code,
        stem=title_of(text),
        type=text.type,
        level=text.level,
        lesson=text.lesson,
        number=row.number,
        state=_state(row),
        draft_id=row.draft_id,
        draft_state=DraftState(row.draft_state) if row.draft_state else None,
        area=text.area,
        skills=text.skills,
        citations=text.citations,
        n=row.n,
        facility=row.facility,
        discrimination=row.discrimination,
    )


def _state(row: Any) -> BankState:  # noqa: ANN401 - as above
    if row.is_retired:
        return BankState.RETIRED
    if row.version_id is None:
        return BankState.NEW
    return BankState.PUBLISHED if row.draft_id is None else BankState.CHANGING

"""Reads of printed papers: sets, their variants as printed, what was keyed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.question_types import Presented, type_of
from elearn.assessment.forms.models import Form
from elearn.assessment.models import (
    Attempt,
    AttemptState,
    Paper,
    PaperVersion,
    Question,
    QuestionVersion,
)
from elearn.assessment.printing.models import EntryState, PrintedEntry, PrintedForm, PrintedSet
from elearn.assessment.regrading.effective import effective_bodies
from elearn.assessment.rounds.models import Round
from elearn.kernel.errors import N_, NotFound
from elearn.org.scope import UnitScope, units_in


@dataclass(frozen=True, slots=True)
class SetView:
    """A set of variants; ``keyed`` is how many sheets of it have been keyed in."""

    id: int
    paper_id: int
    paper_version_id: int
    paper_code: str
    paper_title: str
    minutes: int | None
    sections: tuple[str, ...]
    round_id: int | None
    round_title: str | None
    site: str
    occasion: str
    size: int
    seed: str
    forms_key: str
    created_at: datetime
    built_at: datetime | None
    storage_key: str | None
    keyed: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a variant as it was printed; ``key`` is its body with the key of today."""

    version_id: int
    section: int
    points: Decimal
    code: str
    type: str
    key: dict[str, Any]
    order: list[str]
    shown: Presented


@dataclass(frozen=True, slots=True)
class FormView:
    """A variant with its questions in order."""

    id: int
    form_id: int
    code: str
    difficulty: int
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class EntryView:
    """A list of answers keyed in."""

    id: int
    set_id: int
    state: EntryState
    sat_at: datetime
    rows: list[list[Any]]
    entered_at: datetime


def _sets() -> Select[PrintedSet, str, PaperVersion, str | None, int]:
    keyed = (
        select(func.count())
        .select_from(Attempt)
        .join(PrintedForm, PrintedForm.form_id == Attempt.form_id)
        .where(PrintedForm.set_id == PrintedSet.id, Attempt.state != AttemptState.VOIDED)
        .correlate(PrintedSet)
        .scalar_subquery()
    )
    return (
        select(PrintedSet, Paper.code, PaperVersion, Round.title, keyed)
        .join(PaperVersion, PaperVersion.id == PrintedSet.paper_version_id)
        .join(Paper, Paper.id == PaperVersion.paper_id)
        .outerjoin(Round, Round.id == PrintedSet.round_id)
    )


def _set_view(
    row: PrintedSet, code: str, version: PaperVersion, round_title: str | None, keyed: int
) -> SetView:
    return SetView(
        id=row.id,
        paper_id=version.paper_id,
        paper_version_id=version.id,
        paper_code=code,
        paper_title=version.title,
        minutes=version.time_limit_minutes,
        sections=tuple(str(section["title"]) for section in version.sections),
        round_id=row.round_id,
        round_title=round_title,
        site=row.site,
        occasion=row.occasion,
        size=row.size,
        seed=row.seed,
        forms_key=row.forms_key,
        created_at=row.created_at,
        built_at=row.built_at,
        storage_key=row.storage_key,
        keyed=keyed,
    )


def list_sets(session: Session, scope: UnitScope) -> list[SetView]:
    """Return the newest hundred sets of the units of ``scope``."""
    rows = session.execute(
        _sets()
        .where(PrintedSet.unit_id.in_(units_in(scope)))
        .order_by(PrintedSet.id.desc())
        .limit(100)
    )
    return [_set_view(*row) for row in rows]


def get_set(session: Session, set_id: int, scope: UnitScope | None) -> SetView:
    """Return a set of the units of ``scope`` (None: any, for jobs). Raises NotFound."""
    found = _sets().where(PrintedSet.id == set_id)
    if scope is not None:
        found = found.where(PrintedSet.unit_id.in_(units_in(scope)))
    row = session.execute(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("printing.set", N_("Không có bộ đề in này trong phạm vi của bạn."))
    return _set_view(*row)


def list_forms(session: Session, set_id: int) -> list[FormView]:
    """Return the variants of a set with their questions as printed. Four statements."""
    rows = session.execute(
        select(PrintedForm, Form.difficulty)
        .join(Form, Form.id == PrintedForm.form_id)
        .where(PrintedForm.set_id == set_id)
        .order_by(PrintedForm.code)
    ).all()
    version_ids = {item[0] for row in rows for item in row.PrintedForm.items}
    versions = {
        row.id: row
        for row in session.execute(
            select(
                QuestionVersion.id, Question.code, QuestionVersion.type, QuestionVersion.rendered
            )
            .join(Question, Question.id == QuestionVersion.question_id)
            .where(QuestionVersion.id.in_(version_ids))
        )
    }
    keys = effective_bodies(session, version_ids)

    def asked(item: Sequence[Any]) -> Asked:
        version_id, section, points, order = item
        version = versions[version_id]
        return Asked(
            version_id,
            section,
            Decimal(points),
            version.code,
            version.type,
            dict(keys[version_id].body),
            order,
            type_of(version.type).present(version.rendered, order),
        )

    return [
        FormView(
            row.PrintedForm.id,
            row.PrintedForm.form_id,
            row.PrintedForm.code,
            row.difficulty,
            tuple(asked(item) for item in row.PrintedForm.items),
        )
        for row in rows
    ]


def list_entries(session: Session, set_id: int) -> list[EntryView]:
    """Return what was keyed in for a set, the newest first."""
    rows = session.scalars(
        select(PrintedEntry).where(PrintedEntry.set_id == set_id).order_by(PrintedEntry.id.desc())
    )
    return [_entry(row) for row in rows]


def get_entry(session: Session, set_id: int, entry_id: int) -> EntryView:
    """Return a list keyed in for a set. Raises NotFound."""
    row = session.scalars(
        select(PrintedEntry)
        .where(PrintedEntry.id == entry_id, PrintedEntry.set_id == set_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound("printing.entry", N_("Không có lần nhập này trong bộ đề."))
    return _entry(row)


def _entry(row: PrintedEntry) -> EntryView:
    return EntryView(row.id, row.set_id, row.state, row.sat_at, row.rows, row.entered_at)


def keyed_people(session: Session, set_id: int) -> set[int]:
    """Return who has a result of the set that counts."""
    return set(
        session.scalars(
            select(Attempt.person_id)
            .join(PrintedForm, PrintedForm.form_id == Attempt.form_id)
            .where(PrintedForm.set_id == set_id, Attempt.state != AttemptState.VOIDED)
        )
    )


def people_with_open_attempt(session: Session, paper_id: int) -> set[int]:
    """Return who is sitting the paper on the site at this moment."""
    return set(
        session.scalars(
            select(Attempt.person_id).where(
                Attempt.paper_id == paper_id, Attempt.state == AttemptState.IN_PROGRESS
            )
        )
    )

"""Reads of stored statistics; nothing is computed here."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from elearn.assessment.models import Paper, PaperVersion, Question, QuestionVersion
from elearn.assessment.regrading.effective import effective_bodies
from elearn.assessment.rounds.models import Round
from elearn.assessment.statistics.models import (
    ItemStatistic,
    PaperStatistic,
    Reliability,
    StatisticScope,
)
from elearn.assessment.statistics.rules import ALARM, Figures
from elearn.kernel.errors import N_, NotFound
from elearn.org.scope import UnitScope, units_in


@dataclass(frozen=True, slots=True)
class Observed:
    """How a question version went so far: mean share of its points (0 to 1) over ``n`` attempts."""

    facility: float
    n: int


@dataclass(frozen=True, slots=True)
class Placed:
    """The figures of a question in one paper version or one round; ``at`` None for papers."""

    code: str
    title: str
    number: int | None
    at: datetime | None
    figures: Figures


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """A question version with its effective key and its figures; None: nobody was asked yet."""

    code: str
    version_id: int
    number: int
    numbers: tuple[int, ...]
    type: str
    body: dict[str, Any]
    figures: Figures | None
    computed_at: datetime | None
    papers: tuple[Placed, ...]
    rounds: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A question in the list of a paper, with its key for advice."""

    code: str
    number: int
    type: str
    body: dict[str, Any]
    level: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Sat:
    """The figures of a paper version in a scope; ``deviation`` and ``error`` in percent."""

    n: int
    passed: int
    mean: float
    deviation: float | None
    histogram: tuple[int, ...]
    reliability: float | None
    reliability_low: float | None
    reliability_high: float | None
    method: Reliability | None
    error: float | None
    seconds: float | None
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round of a paper version; ``sat`` None while it runs or nobody sat it.

    ``alarms`` are the codes of questions that may have leaked, told while it runs as well.
    """

    id: int
    code: str
    title: str
    opens_at: datetime
    closes_at: datetime
    sat: Sat | None
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperHead:
    """A paper version and the numbers of all its versions, the newest first."""

    code: str
    title: str
    version_id: int
    number: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper version that was sat, in the list of all."""

    code: str
    title: str
    number: int
    sat: Sat


def observed_facilities(session: Session, version_ids: Collection[int]) -> dict[int, Observed]:
    """Return {question version id: how it went in all attempts}, where anybody was asked."""
    rows = session.execute(
        select(ItemStatistic.question_version_id, ItemStatistic.facility, ItemStatistic.n).where(
            ItemStatistic.scope == StatisticScope.ALL,
            ItemStatistic.question_version_id.in_(version_ids),
        )
    )
    return {row.question_version_id: Observed(row.facility, row.n) for row in rows}


def _figures(row: ItemStatistic) -> Figures:
    return Figures(
        n=row.n,
        omitted=row.omitted,
        facility=row.facility,
        discrimination=row.discrimination,
        exposure=row.exposure,
        seconds=row.seconds,
        options=row.options,
        groups=row.groups,
        drift=row.drift,
        leak=row.leak,
        psi=row.psi,
    )


def _sat(row: PaperStatistic) -> Sat:
    return Sat(
        n=row.n,
        passed=row.passed,
        mean=row.mean,
        deviation=row.deviation,
        histogram=tuple(row.histogram),
        reliability=row.reliability,
        reliability_low=row.reliability_low,
        reliability_high=row.reliability_high,
        method=row.method,
        error=row.error,
        seconds=row.seconds,
        computed_at=row.computed_at,
    )


def held_in(scope: UnitScope | None) -> ColumnElement[bool]:
    """Return the condition on rounds held in ``scope``; None: any, for authors of the bank."""
    return true() if scope is None else Round.unit_id.in_(units_in(scope))


def question_figures(
    session: Session,
    code: str,
    number: int | None,
    *,
    scope: UnitScope | None,
) -> QuestionFigures:
    """Return version ``number`` (None: the one drawn now, else the newest) of a question.

    Rounds are those of ``scope`` that have closed. Raises NotFound.
    """
    versions = session.execute(
        select(
            QuestionVersion.id,
            QuestionVersion.number,
            Question.published_version_id == QuestionVersion.id,
        )
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(Question.code == code)
        .order_by(QuestionVersion.number.desc())
    ).all()
    wanted = [row for row in versions if (row[1] == number if number else row[2])]
    chosen = wanted or ([] if number else versions)
    if not chosen:
        raise NotFound("question.unknown", N_("Không tìm thấy câu hỏi này."))
    version_id = chosen[0].id
    key = effective_bodies(session, [version_id])[version_id]
    row = session.scalars(
        select(ItemStatistic).where(
            ItemStatistic.question_version_id == version_id,
            ItemStatistic.scope == StatisticScope.ALL,
        )
    ).one_or_none()
    return QuestionFigures(
        code=code,
        version_id=version_id,
        number=chosen[0].number,
        numbers=tuple(each.number for each in versions),
        type=key.type,
        body=dict(key.body),
        figures=_figures(row) if row else None,
        computed_at=row.computed_at if row else None,
        papers=_in_papers(session, version_id),
        rounds=_in_rounds(session, version_id, scope),
    )


def _in_papers(session: Session, version_id: int) -> tuple[Placed, ...]:
    rows = session.execute(
        select(Paper.code, PaperVersion.title, PaperVersion.number, ItemStatistic)
        .join(PaperVersion, PaperVersion.id == ItemStatistic.scope_id)
        .join(Paper, Paper.id == PaperVersion.paper_id)
        .where(
            ItemStatistic.question_version_id == version_id,
            ItemStatistic.scope == StatisticScope.PAPER,
        )
        .order_by(Paper.code, PaperVersion.number)
    )
    return tuple(
        Placed(code, title, number, None, _figures(row)) for code, title, number, row in rows
    )


def _in_rounds(session: Session, version_id: int, scope: UnitScope | None) -> tuple[Placed, ...]:
    rows = session.execute(
        select(Round.code, Round.title, Round.opens_at, ItemStatistic)
        .join(Round, Round.id == ItemStatistic.scope_id)
        .where(
            ItemStatistic.question_version_id == version_id,
            ItemStatistic.scope == StatisticScope.ROUND,
            Round.closed_at.is_not(None),
            held_in(scope),
        )
        .order_by(Round.opens_at, Round.id)
    )
    return tuple(Placed(code, title, None, at, _figures(row)) for code, title, at, row in rows)


def get_paper_head(
    session: Session, code: str, number: int | None, round_code: str = ""
) -> PaperHead:
    """Return version ``number`` of the paper ``code``. Raises NotFound.

    None is the version that was sat in the round ``round_code``, without one the newest.
    """
    versions = session.execute(
        select(PaperVersion.id, PaperVersion.number, PaperVersion.title)
        .join(Paper, Paper.id == PaperVersion.paper_id)
        .where(Paper.code == code)
        .order_by(PaperVersion.number.desc())
    ).all()
    chosen = [row for row in versions if number in (None, row.number)]
    if number is None and round_code:
        held = session.scalar(select(Round.paper_version_id).where(Round.code == round_code))
        chosen = [row for row in versions if row.id == held]
    if not chosen:
        raise NotFound("assessment.paper", N_("Không có bài kiểm tra này."))
    numbers = tuple(row.number for row in versions)
    return PaperHead(code, chosen[0].title, chosen[0].id, chosen[0].number, numbers)


def find_sat(session: Session, version_id: int) -> Sat | None:
    """Return the figures of a paper version over everybody, None when nobody sat it."""
    row = session.scalars(
        select(PaperStatistic).where(
            PaperStatistic.paper_version_id == version_id,
            PaperStatistic.scope == StatisticScope.PAPER,
        )
    ).one_or_none()
    return _sat(row) if row else None


def list_rounds(session: Session, version_id: int, *, scope: UnitScope | None) -> list[RoundLine]:
    """Return the rounds of a paper version held in ``scope``; no figures of those that run."""
    rows = session.execute(
        select(Round, PaperStatistic)
        .outerjoin(
            PaperStatistic,
            and_(PaperStatistic.scope == StatisticScope.ROUND, PaperStatistic.scope_id == Round.id),
        )
        .where(Round.paper_version_id == version_id, held_in(scope))
        .order_by(Round.opens_at, Round.id)
    ).all()
    alarms = _alarms(session, [row.Round.id for row in rows])
    return [
        RoundLine(
            row.Round.id,
            row.Round.code,
            row.Round.title,
            row.Round.opens_at,
            row.Round.closes_at,
            _sat(row.PaperStatistic) if row.PaperStatistic and row.Round.closed_at else None,
            tuple(alarms.get(row.Round.id, ())),
        )
        for row in rows
    ]


def _alarms(session: Session, round_ids: Collection[int]) -> dict[int, list[str]]:
    rows = session.execute(
        select(ItemStatistic.scope_id, Question.code)
        .join(QuestionVersion, QuestionVersion.id == ItemStatistic.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(
            ItemStatistic.scope == StatisticScope.ROUND,
            ItemStatistic.scope_id.in_(round_ids),
            or_(ItemStatistic.drift >= ALARM, ItemStatistic.leak >= ALARM),
        )
        .order_by(Question.code)
    )
    found: dict[int, list[str]] = {}
    for round_id, code in rows:
        found.setdefault(round_id, []).append(code)
    return found


def list_items(session: Session, scope: StatisticScope, scope_id: int) -> list[ItemLine]:
    """Return the questions answered in a scope with their figures, by code."""
    rows = session.execute(
        select(ItemStatistic, Question.code, QuestionVersion.number, QuestionVersion.level)
        .join(QuestionVersion, QuestionVersion.id == ItemStatistic.question_version_id)
        .join(Question, Question.id == QuestionVersion.question_id)
        .where(ItemStatistic.scope == scope, ItemStatistic.scope_id == scope_id)
        .order_by(Question.code, QuestionVersion.number)
    ).all()
    keys = effective_bodies(session, [row.ItemStatistic.question_version_id for row in rows])
    return [
        ItemLine(
            row.code,
            row.number,
            (key := keys[row.ItemStatistic.question_version_id]).type,
            dict(key.body),
            row.level.value,
            _figures(row.ItemStatistic),
        )
        for row in rows
    ]


def list_sat_papers(session: Session) -> list[PaperLine]:
    """Return every paper version that was sat, by title, the newest version first."""
    rows = session.execute(
        select(Paper.code, PaperVersion.title, PaperVersion.number, PaperStatistic)
        .join(PaperVersion, PaperVersion.id == PaperStatistic.paper_version_id)
        .join(Paper, Paper.id == PaperVersion.paper_id)
        .where(PaperStatistic.scope == StatisticScope.PAPER)
        .order_by(PaperVersion.title, Paper.code, PaperVersion.number.desc())
    )
    return [PaperLine(code, title, number, _sat(row)) for code, title, number, row in rows]


def last_computed_at(session: Session) -> datetime | None:
    """Return when the figures were computed last, None before the first time."""
    found: datetime | None = session.scalar(select(func.max(PaperStatistic.computed_at)))
    return found

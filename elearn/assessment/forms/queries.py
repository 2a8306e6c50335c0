"""Reads of what forms are drawn from, and of how the form of an attempt came about."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from elearn.assessment.domain.draw import (
    Blueprint,
    Candidate,
    Cell,
    Drawn,
    DrawnQuestion,
    PoolQuestion,
    blueprint_of,
    draw,
)
from elearn.assessment.domain.forms import (
    Difficulty,
    Pool,
    Target,
    difficulty_of,
    draw_form,
    in_order,
)
from elearn.assessment.domain.question_types import TYPES
from elearn.assessment.forms.models import Enemy, Form, FormBatch, FormPool
from elearn.assessment.models import (
    Attempt,
    AttemptItem,
    AttemptSource,
    Level,
    PaperKind,
    PaperVersion,
    Question,
    QuestionVersion,
)
from elearn.assessment.queries import PaperRules, list_option_orders
from elearn.kernel.errors import N_, NotFound

# A practice paper may ask what a lesson has shown; whatever counts may not.
COUNTING = frozenset({PaperKind.MODULE_TEST, PaperKind.SURVEY, PaperKind.FINAL})
# Prepared pools that a process keeps; one of 5,000 questions takes about two megabytes.
KEPT_IN_MEMORY = 16
_prepared: OrderedDict[str, Pool] = OrderedDict()


# ---- the bank


def _asked_by(cell: Cell) -> ColumnElement[bool]:
    """Return what SQL can say of ``cell``; skills are a list, so the draw itself looks there."""
    columns = {
        "module": QuestionVersion.module_code,
        "lesson": QuestionVersion.lesson_code,
        "area": QuestionVersion.area,
        "level": QuestionVersion.level,
        "type": QuestionVersion.type,
    }
    known = [columns[key] == value for key, value in cell.criteria.items() if key in columns]
    return and_(QuestionVersion.id.is_not(None), *known)


_PoolSelect = Select[
    str, int, str, Level, str, str | None, str | None, list[str], Decimal, int | None
]


def _pool_select(blueprint: Blueprint) -> _PoolSelect:
    codes = [code for _, code in blueprint.fixed]
    wanted = [Question.code.in_(codes)] if codes else []
    return (
        select(
            Question.code,
            QuestionVersion.id,
            QuestionVersion.type,
            QuestionVersion.level,
            QuestionVersion.module_code,
            QuestionVersion.lesson_code,
            QuestionVersion.area,
            QuestionVersion.skills,
            QuestionVersion.points,
            Enemy.set_id,
        )
        .where(
            QuestionVersion.type.in_(TYPES),
            or_(false(), *wanted, *(_asked_by(cell) for cell in blueprint.cells)),
        )
        .order_by(Question.code)
    )


def _pool(session: Session, statement: _PoolSelect) -> list[PoolQuestion]:
    return [
        PoolQuestion(
            code=row.code,
            version_id=row.id,
            type=row.type,
            level=row.level.value,
            module=row.module_code,
            lesson=row.lesson_code,
            area=row.area,
            skills=frozenset(row.skills),
            points=row.points,
            group="" if row.set_id is None else str(row.set_id),
        )
        for row in session.execute(statement)
    ]


def list_pool(session: Session, blueprint: Blueprint, kind: PaperKind) -> list[PoolQuestion]:
    """Return the published, unretired questions that ``blueprint`` may ask for.

    What counts never asks a question whose key a published lesson shows.
    """
    statement = (
        _pool_select(blueprint)
        .join(Question, Question.published_version_id == QuestionVersion.id)
        .outerjoin(Enemy, Enemy.question_id == Question.id)
        .where(Question.retired_at.is_(None))
    )
    if kind in COUNTING:
        statement = statement.where(Question.is_inline_check.is_(False))
    return _pool(session, statement)


def list_inline_checks(session: Session, codes: Sequence[str] | None = None) -> frozenset[str]:
    """Return the questions, of ``codes`` or of all, that a published lesson asks."""
    statement = select(Question.code).where(Question.is_inline_check)
    if codes is not None:
        statement = statement.where(Question.code.in_(codes))
    return frozenset(session.scalars(statement))


def _list_pool_at(session: Session, blueprint: Blueprint, at: datetime) -> list[PoolQuestion]:
    """Return the pool as it stood at ``at``, before pools were kept."""
    newest = (
        select(func.max(QuestionVersion.number))
        .where(QuestionVersion.question_id == Question.id, QuestionVersion.published_at <= at)
        .correlate(Question)
        .scalar_subquery()
    )
    statement = (
        _pool_select(blueprint)
        .join(Question, Question.id == QuestionVersion.question_id)
        .outerjoin(Enemy, false())
    )
    return _pool(
        session,
        statement.where(
            QuestionVersion.number == newest,
            or_(Question.retired_at.is_(None), Question.retired_at > at),
        ),
    )


def _bank_state() -> Select[str]:
    """Return what changes whenever the bank offers other questions to papers, as one text.

    Sums over ids, so that one short read tells, whoever changed the bank and by which way.
    """
    number = cast(Question.id, BigInteger)
    enemy = cast(Enemy.question_id, BigInteger)
    parts: list[ColumnElement[Any]] = [
        func.count(),
        func.sum(number * Question.published_version_id),
        func.count(Question.retired_at),
        func.sum(case((Question.retired_at.is_not(None), number * number))),
        func.sum(case((Question.is_inline_check, number * number))),
        select(func.sum(enemy * enemy)).scalar_subquery(),
        select(func.sum(enemy * Enemy.set_id)).scalar_subquery(),
    ]
    state: ColumnElement[str] = func.coalesce(cast(parts[0], String), "0")
    for part in parts[1:]:
        state = state + "." + func.coalesce(cast(part, String), "0")
    return select(state.label("state"))


def bank_state(session: Session) -> str:
    """Return a text that changes whenever the bank offers other questions to papers."""
    return session.scalars(_bank_state()).one()


# ---- kept pools


@dataclass(frozen=True, slots=True)
class KeptPool:
    """A pool as it was kept, ready to be drawn from."""

    id: int
    pool: Pool
    target: Target
    made_at: datetime


def candidate_row(candidate: Candidate) -> list[Any]:
    """Return ``candidate`` as JSON."""
    return [
        candidate.code,
        candidate.version_id,
        list(candidate.cells),
        str(candidate.points),
        candidate.facility,
        candidate.uses,
        candidate.group,
    ]


def _candidate(row: Sequence[Any]) -> Candidate:
    code, version_id, cells, points, facility, uses, group = row
    return Candidate(code, version_id, tuple(cells), Decimal(points), facility, uses, group)


def target_json(target: Target) -> dict[str, Any]:
    """Return ``target`` as JSON."""
    return {"form": target.form, "sections": {str(key): n for key, n in target.sections.items()}}


def _target(data: Mapping[str, Any]) -> Target:
    return Target(data["form"], {int(key): value for key, value in data["sections"].items()})


def find_pool(
    session: Session, paper_version_id: int, blueprint: Blueprint
) -> tuple[str, KeptPool | None]:
    """Return the state of the bank, and the pool that is right for it if there is one."""
    state = _bank_state().subquery()
    row = session.execute(
        select(state.c.state, FormPool.id, FormPool.digest, FormPool.target, FormPool.made_at)
        .outerjoin(
            FormPool,
            and_(
                FormPool.paper_version_id == paper_version_id,
                FormPool.bank_state == state.c.state,
            ),
        )
        .order_by(FormPool.id.desc())
        .limit(1)
    ).one()
    if row.id is None:
        return row.state, None
    pool = _prepare(session, row.id, row.digest, blueprint)
    return row.state, KeptPool(row.id, pool, _target(row.target), row.made_at)


def get_pool(session: Session, pool_id: int, blueprint: Blueprint) -> KeptPool:
    """Return the kept pool ``pool_id`` of a paper with ``blueprint``."""
    row = session.execute(
        select(FormPool.digest, FormPool.target, FormPool.made_at).where(FormPool.id == pool_id)
    ).one()
    pool = _prepare(session, pool_id, row.digest, blueprint)
    return KeptPool(pool_id, pool, _target(row.target), row.made_at)


def _prepare(session: Session, pool_id: int, digest: str, blueprint: Blueprint) -> Pool:
    """Return the pool of ``digest``; its rows are read once by each process.

    The digest covers blueprint and candidates, so what is remembered can never be wrong.
    """
    pool = _prepared.get(digest)
    if pool is None:
        rows = session.scalars(select(FormPool.candidates).where(FormPool.id == pool_id)).one()
        pool = Pool(blueprint, map(_candidate, rows))
        _prepared[digest] = pool
        while len(_prepared) > KEPT_IN_MEMORY:
            _prepared.popitem(last=False)
    return pool


# ---- forms made ahead


def find_batch_by_key(session: Session, key: str) -> FormBatch | None:
    """Return the forms that were made for the request ``key``."""
    return session.scalars(select(FormBatch).where(FormBatch.key == key)).one_or_none()


def find_pool_of_form(
    session: Session, batch_id: int, version_ids: Sequence[int], paper: PaperRules
) -> KeptPool | None:
    """Return the pool of a form made ahead; None unless the bank would draw its questions today."""
    standing = select(func.count()).where(
        Question.published_version_id.in_(version_ids), Question.retired_at.is_(None)
    )
    if paper.kind in COUNTING:
        standing = standing.where(Question.is_inline_check.is_(False))
    row = session.execute(
        select(
            FormPool.id,
            FormPool.digest,
            FormPool.target,
            FormPool.made_at,
            standing.scalar_subquery().label("standing"),
        )
        .join(FormBatch, FormBatch.pool_id == FormPool.id)
        .where(FormBatch.id == batch_id)
    ).one()
    if row.standing != len(version_ids):
        return None
    pool = _prepare(session, row.id, row.digest, paper.blueprint)
    return KeptPool(row.id, pool, _target(row.target), row.made_at)


def questions_of(form: Form, pool: Pool, seed: str) -> tuple[DrawnQuestion, ...]:
    """Return the questions of a form made ahead, in the order of ``seed``."""
    by_version = {item.version_id: item for item in pool.candidates}
    questions = [
        DrawnQuestion(by_version[version_id], section, cell, Decimal(points))
        for version_id, section, cell, points in form.questions
    ]
    return in_order(questions, pool.blueprint, seed)


# ---- why this question


@dataclass(frozen=True, slots=True)
class Redrawn:
    """The draw of an attempt done again from what was kept.

    ``target`` and ``difficulty`` are None for attempts from before pools were kept;
    ``form_number`` is that of a form made ahead, None for one drawn by the seed.
    """

    is_same: bool
    questions: tuple[DrawnQuestion, ...]
    seed: str
    target: Target | None = None
    difficulty: Difficulty | None = None
    pool_made_at: datetime | None = None
    form_number: int | None = None


def redraw(session: Session, attempt_id: int) -> Redrawn:
    """Draw attempt ``attempt_id`` again from its seed and the pool that its draw saw.

    Tells of each question by which cell it came in, and whether questions and options came out
    as they were kept. Raises NotFound.
    """
    attempt = session.get(Attempt, attempt_id)
    if attempt is None:
        raise NotFound("assessment.attempt", N_("Không có lượt làm bài này."))
    version = session.get_one(PaperVersion, attempt.paper_version_id)
    blueprint = blueprint_of(version.sections, shuffle=version.shuffle)
    pool_id = attempt.pool_id or _pool_of_form(session, attempt.form_id)
    if pool_id is None:
        pool = _list_pool_at(session, blueprint, attempt.started_at)
        questions = draw(blueprint, pool, attempt.seed).questions
        same = _is_as_kept(session, attempt, questions, shuffle=version.shuffle)
        return Redrawn(same, questions, attempt.seed)
    kept = get_pool(session, pool_id, blueprint)
    drawn, number = _drawn_again(session, attempt, kept)
    return Redrawn(
        is_same=_is_as_kept(session, attempt, drawn.questions, shuffle=version.shuffle),
        questions=drawn.questions,
        seed=attempt.seed,
        target=kept.target,
        difficulty=difficulty_of(drawn.questions),
        pool_made_at=kept.made_at,
        form_number=number,
    )


def _pool_of_form(session: Session, form_id: int | None) -> int | None:
    return session.scalar(
        select(FormBatch.pool_id)
        .join(Form, Form.batch_id == FormBatch.id)
        .where(Form.id == form_id)
    )


def _drawn_again(session: Session, attempt: Attempt, kept: KeptPool) -> tuple[Drawn, int | None]:
    if attempt.form_id is None:
        return draw_form(kept.pool, attempt.seed, kept.target), None
    form = session.get_one(Form, attempt.form_id)
    questions = questions_of(form, kept.pool, attempt.seed)
    if attempt.source is AttemptSource.PAPER:
        # Printed in an order of the variant's own, which printing keeps.
        places = {version: place for place, (version, _) in enumerate(_kept(session, attempt))}
        questions = tuple(
            sorted(questions, key=lambda item: places.get(item.question.version_id, 0))
        )
    return Drawn(questions, ()), form.number


def _kept(session: Session, attempt: Attempt) -> list[tuple[int, list[str]]]:
    """Return (question version, order of its options) as the attempt pinned them."""
    rows = session.execute(
        select(AttemptItem.question_version_id, AttemptItem.option_order)
        .where(AttemptItem.attempt_id == attempt.id)
        .order_by(AttemptItem.position)
    )
    return [(version_id, order) for version_id, order in rows]


def _is_as_kept(
    session: Session, attempt: Attempt, questions: Sequence[DrawnQuestion], *, shuffle: bool
) -> bool:
    version_ids = [item.question.version_id for item in questions]
    kept = _kept(session, attempt)
    if attempt.source is AttemptSource.PAPER:
        return version_ids == [version_id for version_id, _order in kept]
    orders = list_option_orders(session, version_ids, attempt.seed, shuffle=shuffle)
    return kept == list(zip(version_ids, orders, strict=True))

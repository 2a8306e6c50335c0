"""Writes of kept pools, and the taking of forms. Never commits."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, ScalarSelect, cast, func, select, update
from sqlalchemy.orm import Session

from elearn.assessment.difficulty import expected_facility, in_ten_thousandths
from elearn.assessment.domain.draw import Blueprint, Candidate, Drawn, PoolQuestion
from elearn.assessment.domain.forms import Pool, draw_form, target_of
from elearn.assessment.forms import queries
from elearn.assessment.forms.models import Form, FormBatch, FormPool, FormPurpose
from elearn.assessment.forms.queries import KeptPool
from elearn.assessment.models import Level, Question, QuestionVersion
from elearn.assessment.queries import PaperRules
from elearn.assessment.statistics.models import ItemStatistic, StatisticScope
from elearn.assessment.statistics.queries import observed_facilities
from elearn.infra.db import advisory_lock

if TYPE_CHECKING:  # SciPy stays out of the web process
    from elearn.assessment.forms.assembly import Assembled

# Forms made ahead that are tried before one is drawn by the seed: their questions may have changed.
MOST_TRIED = 5
_SPREAD = 1_000_003
# By how much an expected facility must have moved, in ten-thousandths, for another pool.
MOVED = 100


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """Forms that are wanted; ``key`` names the request, ``seed`` is 128 bits in hex."""

    key: str
    paper_version_id: int
    size: int
    purpose: FormPurpose
    round_id: int | None
    seed: str
    user_id: int | None


# ---- kept pools


def pool_for(session: Session, paper: PaperRules, *, now: datetime) -> KeptPool:
    """Return the pool of ``paper`` for the bank as it stands, made when there is none yet."""
    _state, kept = queries.find_pool(session, paper.version_id, paper.blueprint)
    if kept is not None:
        return kept
    # Of the many who begin after a change of the bank one makes the pool and the others wait.
    advisory_lock(session, zlib.crc32(f"pool:{paper.version_id}".encode()))
    state, kept = queries.find_pool(session, paper.version_id, paper.blueprint)
    return kept or _keep(session, paper, state, now)


def renew_pool(session: Session, paper: PaperRules, *, now: datetime) -> bool:
    """Keep the pool in use of ``paper`` anew, if what people got since moved it; return whether.

    A paper whose pool nobody uses, or whose bank has changed, gets its pool with the next start.
    """
    advisory_lock(session, zlib.crc32(f"pool:{paper.version_id}".encode()))
    state, kept = queries.find_pool(session, paper.version_id, paper.blueprint)
    if kept is None:
        return False
    candidates = _candidates_now(session, paper)
    if not has_moved(kept.pool.candidates, candidates):
        return False
    _store(session, paper, state, candidates, now)
    return True


def has_moved(before: Sequence[Candidate], after: Sequence[Candidate]) -> bool:
    """Whether statistics differ enough for another pool: a point of a hundred, a tenth of uses."""
    old = {item.code: item for item in before}
    if any(abs(item.facility - old[item.code].facility) >= MOVED for item in after):
        return True
    uses = [sum(item.uses for item in each) for each in (before, after)]
    return 10 * abs(uses[1] - uses[0]) > uses[0] and uses[0] != uses[1]


def _candidates_now(session: Session, paper: PaperRules) -> list[Candidate]:
    questions = queries.list_pool(session, paper.blueprint, paper.kind)
    return candidates_of(session, paper.blueprint, questions)


def _keep(session: Session, paper: PaperRules, state: str, now: datetime) -> KeptPool:
    return _store(session, paper, state, _candidates_now(session, paper), now)


def _store(
    session: Session,
    paper: PaperRules,
    state: str,
    candidates: Sequence[Candidate],
    now: datetime,
) -> KeptPool:
    rows = [queries.candidate_row(item) for item in candidates]
    digest = _digest(paper.blueprint, rows)
    row = session.scalars(
        select(FormPool).where(
            FormPool.paper_version_id == paper.version_id, FormPool.digest == digest
        )
    ).one_or_none()
    if row is None:
        row = FormPool(
            paper_version_id=paper.version_id,
            digest=digest,
            candidates=rows,
            target=queries.target_json(target_of(Pool(paper.blueprint, candidates))),
            made_at=now,
        )
        session.add(row)
    row.bank_state = state
    session.flush()
    session.execute(
        update(FormPool)
        .where(FormPool.paper_version_id == paper.version_id, FormPool.id != row.id)
        .values(bank_state="")
        .execution_options(synchronize_session=False)
    )
    return queries.get_pool(session, row.id, paper.blueprint)


def _digest(blueprint: Blueprint, rows: Sequence[object]) -> str:
    text = f"{blueprint!r}\n{json.dumps(rows, ensure_ascii=False)}"
    return hashlib.sha256(text.encode()).hexdigest()


def candidates_of(
    session: Session, blueprint: Blueprint, questions: Sequence[PoolQuestion]
) -> list[Candidate]:
    """Return ``questions`` with the cells that admit them, expected facility and uses.

    Those that no cell admits are left out, the named ones aside.
    """
    seen = observed_facilities(session, [item.version_id for item in questions])
    uses = _uses(session, [item.version_id for item in questions])
    named = {code for _section, code in blueprint.fixed}
    candidates = []
    for item in questions:
        cells = tuple(number for number, cell in enumerate(blueprint.cells) if cell.admits(item))
        if not cells and item.code not in named:
            continue
        facility = expected_facility(Level(item.level), seen.get(item.version_id))
        candidates.append(
            Candidate(
                code=item.code,
                version_id=item.version_id,
                cells=cells,
                points=item.points,
                facility=in_ten_thousandths(facility),
                uses=uses.get(item.version_id, 0),
                group=item.group,
            )
        )
    return candidates


def _uses(session: Session, version_ids: Sequence[int]) -> Mapping[int, int]:
    """Return {question version: attempts that any version of its question stood in}."""
    question_of = select(QuestionVersion.question_id).where(QuestionVersion.id.in_(version_ids))
    rows = session.execute(
        select(Question.published_version_id, func.sum(ItemStatistic.n))
        .join(QuestionVersion, QuestionVersion.question_id == Question.id)
        .join(ItemStatistic, ItemStatistic.question_version_id == QuestionVersion.id)
        .where(ItemStatistic.scope == StatisticScope.ALL, Question.id.in_(question_of))
        .group_by(Question.published_version_id)
    )
    return {version_id: int(uses) for version_id, uses in rows if version_id is not None}


# ---- a form for an attempt


def form_for(
    session: Session, paper: PaperRules, seed: str, *, now: datetime, round_id: int | None = None
) -> Drawn:
    """Return the form of an attempt: one made ahead for its round, else one drawn by ``seed``.

    With shortages it is not whole and must not be sat.
    """
    if round_id is not None:
        ahead = _made_ahead(session, paper, seed, round_id)
        if ahead is not None:
            return ahead
    kept = pool_for(session, paper, now=now)
    drawn = draw_form(kept.pool, seed, kept.target)
    return Drawn(drawn.questions, drawn.shortages, pool_id=kept.id)


def _made_ahead(session: Session, paper: PaperRules, seed: str, round_id: int) -> Drawn | None:
    """Return a form made ahead for the round, None when there is none whose questions stand."""
    newest = _newest_batch(paper.version_id, round_id)
    for _ in range(MOST_TRIED):
        form = take_form(session, newest, seed)
        if form is None:
            return None
        version_ids = [row[0] for row in form.questions]
        kept = queries.find_pool_of_form(session, form.batch_id, version_ids, paper)
        if kept is not None:
            questions = queries.questions_of(form, kept.pool, seed)
            return Drawn(questions, (), pool_id=kept.id, form_id=form.id)
    return None


def _newest_batch(paper_version_id: int, round_id: int) -> ScalarSelect[Any]:
    return (
        select(func.max(FormBatch.id))
        .where(FormBatch.paper_version_id == paper_version_id, FormBatch.round_id == round_id)
        .scalar_subquery()
    )


def take_form(session: Session, batch_id: int | ScalarSelect[Any], seed: str) -> Form | None:
    """Return the form of a batch with the least uses, counted as used once more.

    Ties are broken by ``seed``. Those that others are taking at this moment are passed over:
    nobody waits. None when there is none.
    """
    factor = int(seed, 16) % (_SPREAD - 1) + 1
    least = (
        select(Form.id)
        .where(Form.batch_id == batch_id)
        .order_by(Form.uses, cast(Form.number, BigInteger) * factor % _SPREAD)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    return session.scalars(
        update(Form)
        .where(Form.id == least)
        .values(uses=Form.uses + 1)
        .returning(Form)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()


def keep_batch(
    session: Session, request: BatchRequest, made: "Assembled", pool_id: int, *, now: datetime
) -> FormBatch:
    """Add the forms that were made for ``request``; those of an earlier run of it are returned."""
    batch = queries.find_batch_by_key(session, request.key)
    if batch is not None:
        return batch
    batch = FormBatch(
        key=request.key,
        paper_version_id=request.paper_version_id,
        pool_id=pool_id,
        purpose=request.purpose,
        round_id=request.round_id,
        size=len(made.forms),
        seed=request.seed,
        most_used=made.most_used,
        widest_gap=made.widest_gap,
        made_at=now,
        made_by=request.user_id,
    )
    session.add(batch)
    session.flush()
    session.add_all(
        Form(
            batch_id=batch.id,
            number=number,
            difficulty=difficulty.form,
            questions=[
                [item.question.version_id, item.section, item.cell, str(item.points)]
                for item in form
            ],
        )
        for number, (form, difficulty) in enumerate(
            zip(made.forms, made.difficulties, strict=True), 1
        )
    )
    session.flush()
    return batch

"""Writes of printed papers: variants, lists keyed in, and the attempts they become."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.draw import generator_of, shuffled
from elearn.assessment.domain.question_types import Value
from elearn.assessment.forms.models import Form, FormBatch
from elearn.assessment.models import (
    AnswerEvent,
    AnswerStatus,
    Attempt,
    AttemptEpoch,
    AttemptItem,
    AttemptSource,
    AttemptState,
)
from elearn.assessment.printing.entries import EntryRow
from elearn.assessment.printing.models import EntryState, PrintedEntry, PrintedForm, PrintedSet
from elearn.assessment.printing.queries import FormView, SetView
from elearn.assessment.queries import list_option_orders
from elearn.kernel.errors import N_, Conflict

KEYED_IN = "paper"
_FIRST_CODE, _CODES = 101, 899


def lock_set(session: Session, set_id: int) -> PrintedSet:
    """Return a set, locked until the act ends, so that two jobs do not make it twice."""
    return session.scalars(
        select(PrintedSet)
        .where(PrintedSet.id == set_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def add_forms(session: Session, found: PrintedSet) -> None:
    """Give each form of the set its code and the order in which it is printed; once."""
    if session.scalar(select(func.count()).where(PrintedForm.set_id == found.id)):
        return
    forms = session.scalars(
        select(Form)
        .join(FormBatch, FormBatch.id == Form.batch_id)
        .where(FormBatch.key == found.forms_key)
        .order_by(Form.number)
    ).all()
    codes = shuffled(range(_FIRST_CODE, _FIRST_CODE + _CODES), generator_of(found.seed, "codes"))
    session.add_all(
        PrintedForm(
            set_id=found.id,
            form_id=form.id,
            code=str(code),
            items=_as_printed(session, form, f"{found.seed}/{form.number}"),
        )
        for form, code in zip(forms, codes, strict=False)
    )
    session.flush()


def _as_printed(session: Session, form: Form, seed: str) -> list[list[object]]:
    """Return the questions of ``form``, shuffled inside their sections, options likewise."""
    rows = shuffled(form.questions, generator_of(seed, "questions"))
    rows.sort(key=lambda row: int(row[1]))
    orders = list_option_orders(session, [row[0] for row in rows], seed, shuffle=True)
    return [
        [version, section, points, order]
        for (version, section, _cell, points), order in zip(rows, orders, strict=True)
    ]


def add_entry(
    session: Session,
    set_id: int,
    rows: Sequence[EntryRow],
    *,
    sat_at: datetime,
    user_id: int,
    now: datetime,
) -> int:
    """Keep a list as it was keyed in, waiting for its confirmation; return its id."""
    entry = PrintedEntry(
        set_id=set_id,
        state=EntryState.WAITING,
        sat_at=sat_at,
        rows=[[row.row, row.person, row.form, list(row.cells)] for row in rows],
        entered_by=user_id,
        entered_at=now,
    )
    session.add(entry)
    session.flush()
    return entry.id


def decide_entry(session: Session, entry_id: int, state: EntryState, *, now: datetime) -> None:
    """Move a waiting list on. Raises Conflict when it was decided before."""
    entry = session.scalars(
        select(PrintedEntry)
        .where(PrintedEntry.id == entry_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if entry.state is not EntryState.WAITING:
        raise Conflict("printing.decided", N_("Lần nhập này đã được xử lý trước đó."))
    entry.state, entry.decided_at = state, now


def add_attempt(
    session: Session,
    found: SetView,
    form: FormView,
    person_id: int,
    values: Mapping[int, Value],
    *,
    sat_at: datetime,
    now: datetime,
) -> Attempt:
    """Add what a person wrote on ``form`` as a running attempt; the caller closes it.

    ``values``: {position from 1: value}. Raises IntegrityError for somebody who sits the paper on
    the site at this moment.
    """
    last = session.scalar(
        select(func.max(Attempt.number)).where(
            Attempt.person_id == person_id, Attempt.paper_id == found.paper_id
        )
    )
    attempt = Attempt(
        person_id=person_id,
        paper_id=found.paper_id,
        paper_version_id=found.paper_version_id,
        number=(last or 0) + 1,
        seed=found.seed,
        state=AttemptState.IN_PROGRESS,
        epoch=1,
        started_at=sat_at,
        round_id=found.round_id,
        source=AttemptSource.PAPER,
        form_id=form.form_id,
    )
    session.add(attempt)
    session.flush()
    session.add(AttemptEpoch(attempt_id=attempt.id, epoch=1, session_id=None, began_at=sat_at))
    items = _add_items(session, attempt.id, form)
    _add_answers(session, attempt.id, items, values, now)
    return attempt


def _add_items(session: Session, attempt_id: int, form: FormView) -> dict[int, int]:
    """Add the questions of the form; return {position: item id}."""
    rows = [
        {
            "attempt_id": attempt_id,
            "position": position,
            "section": asked.section,
            "question_version_id": asked.version_id,
            "option_order": asked.order,
            "points": asked.points,
        }
        for position, asked in enumerate(form.asked, 1)
    ]
    found = session.execute(
        insert(AttemptItem).returning(AttemptItem.position, AttemptItem.id), rows
    )
    return {row.position: row.id for row in found}


def _add_answers(
    session: Session,
    attempt_id: int,
    items: Mapping[int, int],
    values: Mapping[int, Value],
    now: datetime,
) -> None:
    rows = [
        {
            "attempt_id": attempt_id,
            "item_id": items[position],
            "epoch": 1,
            "client_seq": position,
            "uuid": str(uuid4()),
            "value": value,
            "status": AnswerStatus.STORED,
            "reason": KEYED_IN,
            "received_at": now,
        }
        for position, value in values.items()
    ]
    if rows:
        session.execute(insert(AnswerEvent), rows)

"""Writes of rounds: drafts, the frozen list, the book of decisions. Never commits.

Windows and extra time: windows.py. Every act of an officer locks the row of the round first, so
that two of them never cross; an attempt that begins locks only the row of its examinee
(queries.lock_seats).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    delete,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, Paper
from elearn.assessment.rounds.models import (
    DecisionKind,
    Round,
    RoundAudience,
    RoundDecision,
    RoundExaminee,
    RoundState,
)
from elearn.assessment.rounds.policy import Draft
from elearn.assessment.rounds.queries import no_such_round
from elearn.assessment.rounds.rules import Slot
from elearn.infra.bulk import insert_all
from elearn.kernel.errors import N_, Conflict
from elearn.kernel.text import slug


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a decision concerns: one person, a unit with the units below it, or all (neither)."""

    person_id: int | None = None
    unit_id: int | None = None
    unit_ids: frozenset[int] = frozenset()

    def condition(self, round_id: int) -> ColumnElement[bool]:
        """Return the condition on the rows of examinees."""
        own = RoundExaminee.round_id == round_id
        if self.person_id is not None:
            return own & (RoundExaminee.person_id == self.person_id)
        return own & RoundExaminee.unit_id.in_(self.unit_ids) if self.unit_id else own & true()


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody to be frozen for a round: the unit counted for him and his groups."""

    person_id: int
    unit_id: int
    groups: tuple[str, ...]


def lock_round(session: Session, round_id: int) -> Round:
    """Return the round, locked until the act ends. Raises NotFound."""
    found = session.scalars(
        select(Round)
        .where(Round.id == round_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise no_such_round()
    return found


def lock_round_of(session: Session, attempt_id: int) -> None:
    """Lock the round of an attempt, if it has one, before the attempt itself is locked.

    Always in this order: extending a round locks it first and its attempts after.
    """
    round_id = session.scalar(select(Attempt.round_id).where(Attempt.id == attempt_id))
    if round_id is not None:
        lock_round(session, round_id)


def must_be(found: Round, state: RoundState) -> None:
    """Raise Conflict unless ``found`` is in ``state`` and has not closed."""
    if found.state is not state or found.closed_at is not None:
        raise Conflict(
            "round.state",
            N_("Đợt không còn ở tình trạng cho phép việc này. Hãy tải lại trang."),
        )


def add_round(session: Session, draft: Draft, *, created_by: int | None, now: datetime) -> Round:
    """Add a round as a draft."""
    found = Round(
        code=_free_code(session, draft),
        state=RoundState.DRAFT,
        created_by=created_by,
        created_at=now,
        **_columns(draft),
    )
    session.add(found)
    session.flush()
    _set_audience(session, found.id, draft.groups)
    return found


def change_round(session: Session, found: Round, draft: Draft) -> None:
    """Change the locked draft ``found``. Raises Conflict once it is planned."""
    must_be(found, RoundState.DRAFT)
    for name, value in _columns(draft).items():
        setattr(found, name, value)
    session.execute(delete(RoundAudience).where(RoundAudience.round_id == found.id))
    _set_audience(session, found.id, draft.groups)


def _columns(draft: Draft) -> dict[str, object]:
    return {
        "title": draft.title,
        "kind": draft.kind,
        "unit_id": draft.unit_id,
        "paper_id": draft.paper_id,
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
        "roster_on": draft.roster_on,
        "attempts": draft.attempts,
        "needs_ticket": draft.needs_ticket,
        "slot_minutes": draft.slot_minutes,
        "forecast_question": draft.forecast_question,
    }


def _free_code(session: Session, draft: Draft) -> str:
    base = f"{slug(draft.title)[:40].strip('-') or 'dot'}-{draft.opens_at:%Y%m%d}"
    taken = session.scalar(
        select(func.count()).select_from(Round).where(Round.code.startswith(base, autoescape=True))
    )
    return f"{base}-{taken + 1}" if taken else base


def _set_audience(session: Session, round_id: int, groups: Iterable[tuple[str, str]]) -> None:
    session.add_all(
        RoundAudience(round_id=round_id, programme_code=programme, group_code=group)
        for programme, group in groups
    )


def freeze(
    session: Session,
    found: Round,
    people: Iterable[Listed],
    slots: Mapping[int, Slot],
    *,
    now: datetime,
) -> int:
    """Pin the paper's published version and the ``people`` of the locked draft; return how many.

    ``slots``: a slot by unit, empty when all sit together. Raises Conflict when the round is not
    a draft any more.
    """
    must_be(found, RoundState.DRAFT)
    found.paper_version_id = session.get_one(Paper, found.paper_id).published_version_id
    found.state, found.planned_at = RoundState.PLANNED, now
    together = Slot(found.opens_at, found.closes_at)
    return insert_all(
        session,
        RoundExaminee,
        (_examinee(found.id, one, slots.get(one.unit_id, together)) for one in people),
    )


def _examinee(round_id: int, one: Listed, slot: Slot) -> dict[str, object]:
    return {
        "round_id": round_id,
        "person_id": one.person_id,
        "unit_id": one.unit_id,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
        "extra_minutes": 0,
        "groups": ",".join(one.groups)[:400],
        "forecast": None,
    }


def add_examinee(session: Session, found: Round, one: Listed) -> None:
    """Add somebody to the locked, planned round. Raises Conflict when he is on the list."""
    known = session.scalar(
        select(RoundExaminee.id).where(
            RoundExaminee.round_id == found.id, RoundExaminee.person_id == one.person_id
        )
    )
    if known is not None:
        raise Conflict("round.listed", N_("Người này đã có trong danh sách của đợt."))
    slot = Slot(found.opens_at, found.closes_at)
    session.add(RoundExaminee(**_examinee(found.id, one, slot)))


def remove_examinee(session: Session, found: Round, person_id: int) -> None:
    """Take somebody off the list of the locked round. Raises Conflict once he has begun."""
    mine = Target(person_id=person_id).condition(found.id)
    session.execute(select(RoundExaminee.id).where(mine).with_for_update(key_share=True))
    began = session.scalar(
        select(Attempt.id)
        .where(Attempt.round_id == found.id, Attempt.person_id == person_id)
        .limit(1)
    )
    if began is not None:
        raise Conflict(
            "round.began",
            N_("Người này đã bắt đầu làm bài. Nếu bài không được tính, hãy hủy lượt làm bài."),
        )
    session.execute(delete(RoundExaminee).where(mine))


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written into the book of a round; see RoundDecision."""

    kind: DecisionKind
    reason: str
    target: Target = Target()
    slot: Slot | None = None
    minutes: int | None = None


def write_down(
    session: Session, found: Round, decision: Decision, *, by: int | None, now: datetime
) -> None:
    """Add ``decision`` to the book of the round."""
    slot = decision.slot
    session.add(
        RoundDecision(
            round_id=found.id,
            kind=decision.kind,
            person_id=decision.target.person_id,
            unit_id=decision.target.unit_id,
            minutes=decision.minutes,
            starts_at=slot.starts_at if slot else None,
            ends_at=slot.ends_at if slot else None,
            reason=decision.reason,
            decided_by=by,
            decided_at=now,
        )
    )

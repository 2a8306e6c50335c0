"""Enemy sets: which questions never stand in one form. Reads and writes; never commits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from elearn.assessment.domain.enemies import MOST_IN_A_SET, EnemySets, in_order
from elearn.assessment.forms.models import Enemy, EnemySet
from elearn.assessment.models import Question
from elearn.infra.db import advisory_lock
from elearn.kernel.errors import N_, Conflict, Invalid, NotFound

_LOCK = 0x656E656D


def list_sets(session: Session) -> EnemySets:
    """Return the enemy sets as sorted lists of codes; retired questions stand in no form."""
    rows = session.execute(
        select(Enemy.set_id, Question.code)
        .join(Question, Question.id == Enemy.question_id)
        .where(Question.retired_at.is_(None))
    )
    sets: dict[int, list[str]] = {}
    for set_id, code in rows:
        sets.setdefault(set_id, []).append(code)
    return in_order(sets.values())


def list_enemies(session: Session, code: str) -> list[str]:
    """Return the codes of the enemies of question ``code``, in order."""
    mine = select(Enemy.set_id).join(Question).where(Question.code == code).scalar_subquery()
    rows = session.scalars(
        select(Question.code)
        .join(Enemy, Enemy.question_id == Question.id)
        .where(Enemy.set_id == mine, Question.code != code, Question.retired_at.is_(None))
        .order_by(Question.code)
    )
    return list(rows)


def lock(session: Session) -> None:
    """Let nobody else change the sets until the act ends."""
    advisory_lock(session, _LOCK)


def replace_sets(session: Session, sets: EnemySets, *, user_id: int | None, now: datetime) -> None:
    """Make ``sets`` the enemy sets; those that stay the same are not touched."""
    lock(session)
    wanted = {tuple(codes) for codes in in_order(sets)}
    present = _by_codes(session)
    for codes, set_id in present.items():
        if codes not in wanted:
            _drop(session, set_id)
    ids = _ids(session, {code for codes in wanted for code in codes})
    for codes in sorted(wanted - set(present)):
        _add(session, [ids[code] for code in codes], user_id, now)
    session.flush()


def _by_codes(session: Session) -> dict[tuple[str, ...], int]:
    rows = session.execute(
        select(Enemy.set_id, Question.code)
        .join(Question, Question.id == Enemy.question_id)
        .order_by(Question.code)
    )
    sets: dict[int, list[str]] = {}
    for set_id, code in rows:
        sets.setdefault(set_id, []).append(code)
    return {tuple(sorted(codes)): set_id for set_id, codes in sets.items()}


def _ids(session: Session, codes: Iterable[str]) -> Mapping[str, int]:
    rows = session.execute(select(Question.code, Question.id).where(Question.code.in_(set(codes))))
    return {code: question_id for code, question_id in rows}  # noqa: C416 - rows, not pairs


def _drop(session: Session, set_id: int) -> None:
    session.execute(delete(Enemy).where(Enemy.set_id == set_id))
    session.execute(delete(EnemySet).where(EnemySet.id == set_id))


def _add(session: Session, question_ids: Sequence[int], user_id: int | None, now: datetime) -> None:
    row = EnemySet(made_at=now, made_by=user_id)
    session.add(row)
    session.flush()
    session.add_all(Enemy(question_id=each, set_id=row.id) for each in question_ids)
    session.flush()


def joined(session: Session, code: str, other: str) -> EnemySets:
    """Return the sets as they would be with ``code`` and ``other`` enemies.

    The sets that either stands in become one. Raises NotFound, Invalid, Conflict.
    """
    if code == other:
        raise Invalid("enemies.itself", N_("Hãy nêu mã của một câu hỏi khác."))
    known = _alive(session, (code, other))
    if code not in known:
        raise NotFound("question.unknown", N_("Không tìm thấy câu hỏi này."))
    if other not in known:
        raise Invalid("enemies.unknown", N_("Không có câu hỏi “%(code)s” đang dùng."), code=other)
    sets = list_sets(session)
    touched = [codes for codes in sets if code in codes or other in codes]
    if any(code in codes and other in codes for codes in touched):
        raise Conflict("enemies.already", N_("Hai câu này đã ở cùng một nhóm."))
    one = sorted({code, other}.union(*touched))
    if len(one) > MOST_IN_A_SET:
        raise Invalid(
            "enemies.too_many",
            N_("Một nhóm có tối đa %(limit)d câu."),
            limit=MOST_IN_A_SET,
        )
    return in_order([*(codes for codes in sets if codes not in touched), one])


def without(session: Session, code: str) -> EnemySets:
    """Return the sets as they would be with ``code`` nobody's enemy."""
    return in_order([each for each in codes if each != code] for codes in list_sets(session))


def _alive(session: Session, codes: Sequence[str]) -> set[str]:
    found = session.scalars(
        select(Question.code).where(
            Question.code.in_(codes),
            Question.retired_at.is_(None),
            Question.published_version_id.is_not(None),
        )
    )
    return set(found)


def count_sets(session: Session) -> int:
    """Return how many enemy sets there are."""
    return session.scalar(select(func.count()).select_from(EnemySet)) or 0

"""Enemy sets in the browser: two questions never stand in one form any more, or may again."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from elearn.assessment.domain.draw import PoolQuestion
from elearn.assessment.domain.enemies import EnemySets, groups_of
from elearn.assessment.forms import enemies
from elearn.assessment.models import PaperKind
from elearn.authoring.drafts.policy import check_reader
from elearn.authoring.short_papers import harmed
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Conflict
from elearn.kernel.text import clean_line


def join(actor: Actor, code: str, other: str, *, now: datetime) -> None:
    """Make ``code`` and ``other`` enemies; the sets that they stand in become one.

    Running attempts and forms made ahead keep their questions. Raises Forbidden, NotFound,
    Invalid, and Conflict when a published paper could then no longer be drawn.
    """
    other = clean_line(other)
    _change(
        actor,
        lambda session: enemies.joined(session, code, other),
        ("enemies.join", code, {"other": other}),
        now,
    )


def leave(actor: Actor, code: str, *, now: datetime) -> None:
    """Take ``code`` out of its set. Raises Forbidden."""
    _change(
        actor,
        lambda session: enemies.without(session, code),
        ("enemies.leave", code, {}),
        now,
    )


def _change(
    actor: Actor,
    wanted: Callable[[Session], EnemySets],
    act: tuple[str, str, dict[str, str]],
    now: datetime,
) -> None:
    check_reader(actor)
    with transaction() as session:
        enemies.lock(session)
        sets = wanted(session)
        _check_papers(session, groups_of(sets))
        enemies.replace_sets(session, sets, user_id=actor.user_id, now=now)
        name, code, details = act
        audit.record(session, actor, name, ("question", code), at=now, details=details)


def _check_papers(session: Session, groups: Mapping[str, str]) -> None:
    def regrouped(pool: list[PoolQuestion], _kind: PaperKind) -> list[PoolQuestion]:
        return [item.in_group(groups.get(item.code, "")) for item in pool]

    short = [each.text() for each in harmed(session, regrouped)]
    if short:
        raise Conflict(
            "enemies.short",
            N_("Chưa đặt được, vì sẽ có đề thiếu câu hỏi. %(papers)s."),
            papers="; ".join(short),
        )

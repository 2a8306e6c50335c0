"""The audit trail: one row per privileged act, written in the act's own transaction."""

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.infra.models import AuditEntry
from elearn.kernel.actor import Actor

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def record(
    session: Session,
    actor: Actor,
    act: str,
    subject: tuple[str, object],
    *,
    at: datetime,
    reason: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add the audit row of ``act`` (``area.verb``) on ``subject`` (type, id)."""
    session.add(
        AuditEntry(
            at=at,
            actor_user_id=actor.user_id,
            act=act,
            subject_type=subject[0],
            subject_id=str(subject[1]),
            reason=reason,
            details=details or {},
            request_id=request_id.get(),
        )
    )


def count_since(session: Session, actor: Actor, act: str, since: datetime) -> int:
    """Return how often ``actor`` has done ``act`` since then."""
    counted = select(func.count()).where(
        AuditEntry.at >= since,
        AuditEntry.actor_user_id == actor.user_id,
        AuditEntry.act == act,
    )
    return session.scalar(counted) or 0

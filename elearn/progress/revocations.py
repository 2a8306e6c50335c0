"""A completion that was not earned stops counting."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from elearn.kernel.errors import N_, NotFound
from elearn.progress.models import ProgrammeCompletion


def revoke_completion(session: Session, completion_id: int, *, on: date, now: datetime) -> None:
    """Let a completion count no more from the day ``on``; earlier days keep their figures.

    Revoking again changes nothing. Raises NotFound.
    """
    row = session.get(
        ProgrammeCompletion, completion_id, with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound("progress.completion", N_("Không tìm thấy lượt hoàn thành này."))
    if row.revoked_on is None:
        row.revoked_on, row.revocation_recorded_at = on, now
        session.flush()

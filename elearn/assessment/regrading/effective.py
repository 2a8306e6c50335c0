"""The keys by which question versions are graded by now: as published, or as corrected since.

Whoever grades, explains or counts answers takes the body of a version from here.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import QuestionVersion
from elearn.assessment.regrading.models import CorrectionDecision, DecisionKind, KeyCorrection
from elearn.assessment.regrading.rules import Key


def effective_bodies(
    session: Session,
    version_ids: Collection[int],
    *,
    before: datetime | None = None,
) -> dict[int, Key]:
    """Return {question version id: the key by which it is graded}. Two statements.

    The last approved correction counts; ``before`` leaves out what was decided at that instant
    or later. A correction belongs to its version: a newer version has the key it was published
    with.
    """
    versions = session.execute(
        select(QuestionVersion.id, QuestionVersion.type, QuestionVersion.body).where(
            QuestionVersion.id.in_(version_ids)
        )
    )
    keys = {row.id: Key(row.type, row.body) for row in versions}
    for version_id, correction in approved_corrections(session, version_ids, before=before).items():
        published = keys[version_id]
        keys[version_id] = Key(
            published.type,
            correction.body or published.body,
            correction.treatment,
            correction.reason,
        )
    return keys


def approved_corrections(
    session: Session,
    version_ids: Collection[int],
    *,
    before: datetime | None = None,
) -> dict[int, KeyCorrection]:
    """Return {question version id: the last approved correction}, where there is one."""
    statement = (
        select(KeyCorrection)
        .join(CorrectionDecision, CorrectionDecision.correction_id == KeyCorrection.id)
        .where(
            KeyCorrection.question_version_id.in_(version_ids),
            CorrectionDecision.kind == DecisionKind.APPROVED,
        )
        .order_by(CorrectionDecision.decided_at, CorrectionDecision.id)
    )
    if before is not None:
        statement = statement.where(CorrectionDecision.decided_at < before)
    return {row.question_version_id: row for row in session.scalars(statement)}

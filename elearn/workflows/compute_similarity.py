"""The job that looks for attempts of a round that share wrong answers beyond chance.

It loads NumPy and SciPy, so only the worker imports it. It replaces what it found before.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert

from elearn.assessment.statistics.models import AnswerSimilarity
from elearn.assessment.statistics.similarity import similar_pairs
from elearn.assessment.statistics.similarity_source import read_round
from elearn.infra.db import advisory_lock, now, reading, transaction
from elearn.infra.jobs import Progress

_LOCK = 0x51A1


def compute(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Compare the attempts of the round ``round_id`` unit by unit and store the pairs."""
    round_id = int(payload["round_id"])
    with reading() as session:
        found = read_round(session, round_id, progress.report)
    pairs = similar_pairs(found.answers) if found else []
    with transaction() as session:
        advisory_lock(session, _LOCK)
        session.execute(delete(AnswerSimilarity).where(AnswerSimilarity.round_id == round_id))
        moment = now(session)
        rows = [
            {
                "round_id": round_id,
                "unit_id": pair.unit,
                "attempt_a_id": found.attempt_ids[pair.first],
                "attempt_b_id": found.attempt_ids[pair.second],
                "common": pair.common,
                "both_wrong": pair.both_wrong,
                "same_wrong": pair.same_wrong,
                "expected": pair.expected,
                "log10_p": pair.log10_p,
                "timed": pair.timed,
                "together": pair.together,
                "computed_at": moment,
            }
            for pair in pairs
            if found
        ]
        if rows:
            session.execute(insert(AnswerSimilarity), rows)
    return {"round_id": round_id, "pairs": len(rows)}

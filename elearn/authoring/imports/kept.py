"""What was read from a file and is to become of it, kept as JSON while an import waits."""

import json
from typing import Any

from elearn.assessment.formats.checking import Checked, Reading
from elearn.authoring.drafts.content import to_json as content_json
from elearn.authoring.imports.plan import Outcome, Plan, PlannedQuestion
from elearn.authoring.imports.services import question_text

# More than this nobody reads on a page; the counts tell the rest.
SHOWN_TROUBLES = 500


def report_of(plan: Plan) -> dict[str, Any]:
    """Return counts and the first troubles of ``plan``, errors before notes."""
    notes = [trouble for trouble in plan.troubles if trouble.is_note]
    return {
        "imported": 0 if plan.errors else len(plan.new),
        "duplicates": plan.duplicate_count,
        "errors": len(plan.errors),
        "notes": len(notes),
        "troubles": [
            {
                "line": trouble.line,
                "question": trouble.question,
                "message": trouble.message,
                "params": dict(trouble.params),
                "is_note": trouble.is_note,
            }
            for trouble in [*plan.errors, *notes][:SHOWN_TROUBLES]
        ],
    }


def to_json(plan: Plan) -> bytes:
    """Return the questions of ``plan`` with what becomes of each."""
    rows = [_row(each) for each in plan.questions]
    return json.dumps({"questions": rows}, ensure_ascii=False).encode()


def _row(each: PlannedQuestion) -> dict[str, Any]:
    checked = each.checked
    is_wrong = each.outcome is Outcome.WRONG
    return {
        "line": checked.line,
        "label": checked.label,
        "outcome": each.outcome.value,
        "code": each.code,
        "like": each.like,
        "entry": checked.entry,
        "wished_id": checked.wished_id,
        "pictures": list(checked.pictures),
        "content": None if is_wrong else content_json(question_text(checked.entry)),
        "troubles": [trouble.text() for trouble in (*checked.troubles, *each.troubles)],
    }


def from_json(content: bytes) -> Reading:
    """Return the questions that ``to_json`` kept; none of them was wrong when it did."""
    rows = json.loads(content)["questions"]
    return Reading(
        [
            Checked(
                row["line"],
                row["label"],
                row["entry"],
                row["wished_id"],
                dict.fromkeys(row["pictures"], b""),
            )
            for row in rows
        ]
    )

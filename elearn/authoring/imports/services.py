"""Writes of imports: the questions of a plan become drafts. Never commits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from elearn.assessment.formats.questions import HEADER
from elearn.authoring.drafts.bulk import open_many
from elearn.authoring.drafts.content import QuestionText
from elearn.authoring.drafts.services import Place
from elearn.authoring.imports.plan import Plan, body_of
from elearn.authoring.models import DraftKind
from elearn.kernel.actor import Actor


def keep_as_drafts(
    session: Session, plan: Plan, comment: str, *, actor: Actor, now: datetime
) -> int:
    """Make a draft of each new question of ``plan``; return how many."""
    drafts = [
        (
            Place(DraftKind.QUESTION, each.code or "", plan.bank, None),
            question_text(each.checked.entry),
        )
        for each in plan.new
    ]
    return len(open_many(session, drafts, comment, actor=actor, now=now))


def question_text(entry: Mapping[str, Any]) -> QuestionText:
    """Return ``entry`` as the text of a draft."""
    return QuestionText(
        type=entry["type"],
        level=entry["level"],
        lesson=entry.get("lesson"),
        area=entry.get("area"),
        skills=tuple(entry.get("skills") or ()),
        facts=tuple(entry.get("facts") or ()),
        citations=tuple(entry.get("citations") or ()),
        points=str(entry["points"]),
        body=body_of(entry, HEADER),
    )

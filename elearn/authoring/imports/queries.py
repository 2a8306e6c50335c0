"""What is in the bank already, for imports."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.folding import fingerprint
from elearn.assessment.models import Question, QuestionVersion
from elearn.authoring.drafts.rules import OPEN
from elearn.authoring.imports.plan import Bank
from elearn.authoring.models import Draft, DraftKind
from elearn.infra.bulk import slices


def load_bank(session: Session, bank: str, named: Iterable[str]) -> Bank:
    """Return what an import to ``bank`` has to know; ``named`` are the ids that its file gives."""
    codes: dict[str, str | None] = dict.fromkeys(session.scalars(select(Question.code)))
    drafts = select(Draft.code).where(Draft.kind == DraftKind.QUESTION)
    codes.update(dict.fromkeys(session.scalars(drafts)))
    codes.update(_known(session, [code for code in named if code in codes]))
    return Bank(bank, codes, _fingerprints(session, bank))


def _known(session: Session, named: list[str]) -> dict[str, str]:
    """Return the fingerprints of the questions and open drafts called ``named``."""
    found: dict[str, str] = {}
    for part in slices(named):
        drafts = select(Draft.code, Draft.content).where(
            Draft.kind == DraftKind.QUESTION, Draft.code.in_(part), Draft.state.in_(OPEN)
        )
        for code, content in session.execute(drafts):
            found[code] = fingerprint(content.get("body") or {})
        published = (
            select(Question.code, QuestionVersion.body)
            .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
            .where(Question.code.in_(part))
        )
        for code, body in session.execute(published):
            found[code] = fingerprint(body)
    return found


def _fingerprints(session: Session, bank: str) -> dict[str, str]:
    """Return the code of each question and open draft of ``bank`` by its fingerprint."""
    drafts = select(Draft.code, Draft.content).where(
        Draft.kind == DraftKind.QUESTION, Draft.module_code == bank, Draft.state.in_(OPEN)
    )
    found = {
        fingerprint(content.get("body") or {}): code for code, content in session.execute(drafts)
    }
    published = (
        select(Question.code, QuestionVersion.body)
        .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .where(Question.bank == bank, Question.retired_at.is_(None))
    )
    for code, body in session.execute(published):
        found[fingerprint(body)] = code
    return found

"""Papers as authors see them in a list: published, being changed, or new."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from elearn.assessment.models import Paper, PaperVersion
from elearn.authoring.drafts.rules import OPEN
from elearn.authoring.models import Draft, DraftKind, DraftOrigin, DraftState
from elearn.kernel.text import alphabet_key


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper; ``number`` None while nothing is published."""

    code: str
    title: str
    kind: str
    question_count: int
    number: int | None
    is_retired: bool
    draft_id: int | None
    draft_state: DraftState | None


def list_papers(session: Session) -> list[PaperLine]:
    """Return every paper, those no longer used last, by title."""
    drafts = {draft.code: draft for draft in session.scalars(_open_drafts())}
    rows = session.execute(
        select(Paper.code, Paper.retired_at, PaperVersion).join(
            PaperVersion, PaperVersion.id == Paper.published_version_id
        )
    )
    lines = [
        PaperLine(
            code=row.code,
            title=row.PaperVersion.title,
            kind=row.PaperVersion.kind.value,
            question_count=_count(row.PaperVersion.sections),
            number=row.PaperVersion.number,
            is_retired=row.retired_at is not None,
            draft_id=draft.id if (draft := drafts.pop(row.code, None)) else None,
            draft_state=draft.state if draft else None,
        )
        for row in rows
    ]
    lines += [
        PaperLine(
            code=draft.code,
            title=draft.content.get("title") or draft.code,
            kind=draft.content["kind"],
            question_count=_count(draft.content.get("sections") or []),
            number=None,
            is_retired=False,
            draft_id=draft.id,
            draft_state=draft.state,
        )
        for draft in drafts.values()
    ]
    return sorted(lines, key=lambda line: (line.is_retired, alphabet_key(line.title), line.code))


def _open_drafts() -> Select[Draft]:
    return select(Draft).where(
        Draft.kind == DraftKind.PAPER,
        Draft.origin == DraftOrigin.BROWSER,
        Draft.state.in_(OPEN),
    )


def _count(sections: list[dict[str, object]]) -> int:
    """Return how many questions a form has; unfinished cells count for nothing."""
    count = 0
    for section in sections:
        named, cells = section.get("questions"), section.get("draw")
        count += len(named) if isinstance(named, list) else 0
        for cell in cells if isinstance(cells, list) else ():
            count += cell.get("count") or 0
    return count

"""Why the questions of an attempt are these: told from what was kept, without keys."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.draw import Candidate, DrawnQuestion, blueprint_of
from elearn.assessment.forms.queries import Redrawn, redraw
from elearn.assessment.models import Attempt, PaperVersion
from elearn.assessment.policy import no_such_attempt


@dataclass(frozen=True, slots=True)
class WhyLine:
    """A question and what brought it in; ``criteria`` None: the paper names it.

    ``facility`` is the share of points expected when it was drawn, in ten-thousandths, and
    ``uses`` in how many attempts it had stood; None for attempts from before pools were kept.
    """

    number: int
    code: str
    section_title: str
    cell: int | None
    criteria: Mapping[str, str] | None
    facility: int | None
    uses: int | None


@dataclass(frozen=True, slots=True)
class Why:
    """How the form of an attempt came about, and whether it comes out the same again."""

    paper_title: str
    attempt_number: int
    redrawn: Redrawn
    lines: tuple[WhyLine, ...]


def why(session: Session, attempt_id: int, *, person_id: int) -> Why:
    """Return how the form of the person's attempt came about. Raises NotFound.

    The caller answers for who may see the person.
    """
    row = session.execute(
        select(Attempt.number, PaperVersion.title, PaperVersion.sections, PaperVersion.shuffle)
        .join(PaperVersion, PaperVersion.id == Attempt.paper_version_id)
        .where(Attempt.id == attempt_id, Attempt.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise no_such_attempt()
    again = redraw(session, attempt_id)
    cells = blueprint_of(row.sections, shuffle=row.shuffle).cells
    criteria = {(cell.section, cell.index): cell.criteria for cell in cells}
    titles = [str(section.get("title") or "") for section in row.sections]
    return Why(
        paper_title=row.title,
        attempt_number=row.number,
        redrawn=again,
        lines=tuple(
            _line(number, item, titles, criteria) for number, item in enumerate(again.questions, 1)
        ),
    )


def _line(
    number: int,
    item: DrawnQuestion,
    titles: list[str],
    criteria: Mapping[tuple[int, int], Mapping[str, str]],
) -> WhyLine:
    kept = item.question if isinstance(item.question, Candidate) else None
    return WhyLine(
        number=number,
        code=item.question.code,
        section_title=titles[item.section],
        cell=item.cell,
        criteria=None if item.cell is None else criteria[item.section, item.cell],
        facility=kept.facility if kept else None,
        uses=kept.uses if kept else None,
    )

"""When essays are marked twice, what marks may be, and what they come to. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from elearn.assessment.domain.grading import Answered, Treatment
from elearn.assessment.domain.question_types import CASE, type_of
from elearn.assessment.models import PaperKind
from elearn.kernel.errors import N_, Invalid

# How long a marker holds an essay before another may take it.
LEASE = timedelta(minutes=30)
# Points are given in these steps.
STEP = Decimal("0.25")
LONGEST_COMMENT = 2000
_SHARE = Decimal("0.0000000001")


@dataclass(frozen=True, slots=True)
class Policy:
    """How a kind of paper is marked.

    ``second``: the share of essays marked twice; ``apart``: by how much of all points two marks
    may differ before a third marker decides.
    """

    second: Decimal
    apart: Decimal


# Every essay of a final test, and of a round held as an exam or contest, is marked twice.
POLICIES = {
    PaperKind.FINAL: Policy(Decimal(1), Decimal("0.2")),
    PaperKind.SURVEY: Policy(Decimal("0.2"), Decimal("0.25")),
    PaperKind.MODULE_TEST: Policy(Decimal("0.2"), Decimal("0.25")),
    PaperKind.PRACTICE: Policy(Decimal(0), Decimal("0.25")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a rubric with the points it can bring."""

    criterion: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class EssayPart:
    """What is marked on its own: an essay, or an essay of a case."""

    part: str
    text: str


def marked_parts(item: Answered) -> Iterator[EssayPart]:
    """Yield what of an answer people have to mark: nothing where it was left empty."""
    kind = type_of(item.type)
    if item.treatment is not Treatment.KEY or not kind.needs_marking(item.body):
        return
    if item.type != CASE.name:
        if kind.is_answer(item.value):
            yield EssayPart("", str(item.value))
        return
    given = item.value if isinstance(item.value, dict) else {}
    for part in CASE.parts_of(item.body):
        value = given.get(part.name)
        if part.kind.needs_marking(part.body) and part.kind.is_answer(value):
            yield EssayPart(part.name, str(value))


def essay_body(kind: str, body: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    """Return the body of the essay itself: the question, or the part of a case."""
    if kind != CASE.name:
        return body
    found: Mapping[str, Any] = body["questions"][int(part)]
    return found


def rubric_of(essay: Mapping[str, Any]) -> list[Line]:
    """Return the lines of the rubric of an essay."""
    return [Line(str(line["criterion"]), Decimal(str(line["points"]))) for line in essay["rubric"]]


def marks_needed(kind: PaperKind, token: str, *, is_exam: bool) -> int:
    """Return 1 or 2; which essays of the lesser papers are marked twice is chance, by the token."""
    chance = Decimal(int(token, 16)) / Decimal(16 ** len(token))
    return 2 if is_exam or chance < POLICIES[kind].second else 1


def checked_points(rubric: Sequence[Line], given: Sequence[str]) -> list[Decimal]:
    """Return the points of each line. Raises Invalid, naming the line."""
    if len(given) != len(rubric):
        raise Invalid("marking.points", N_("Hãy cho điểm từng tiêu chí."))
    return [_checked(line, text) for line, text in zip(rubric, given, strict=True)]


def _checked(line: Line, text: str) -> Decimal:
    try:
        points = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or not 0 <= points <= line.points or points % STEP:
        raise Invalid(
            "marking.points",
            N_("Tiêu chí “%(criterion)s”: điểm từ 0 đến %(most)s, từng bước 0,25."),
            criterion=line.criterion[:80],
            most=f"{line.points.normalize():f}".replace(".", ","),
        )
    return points


def share_of(rubric: Sequence[Line], points: Sequence[Decimal]) -> Decimal:
    """Return what part of all points was given, 0 to 1."""
    total = sum((line.points for line in rubric), Decimal(0))
    return (sum(points, Decimal(0)) / total).quantize(_SHARE, ROUND_HALF_UP)


def settled(shares: Sequence[Decimal], needed: int, apart: Decimal) -> Decimal | None:
    """Return the share that counts, None while another mark is needed.

    One mark alone counts; of two that lie no more than ``apart`` the mean; else the third decides.
    """
    if len(shares) < needed:
        return None
    if len(shares) == 1:
        return shares[0]
    if len(shares) == 2:
        differ = abs(shares[0] - shares[1]) > apart
        return None if differ else ((shares[0] + shares[1]) / 2).quantize(_SHARE, ROUND_HALF_UP)
    return shares[2]


def counting(places: Sequence[int]) -> tuple[int, ...]:
    """Return which of the marks given by ``places`` count in a settled task."""
    return (3,) if 3 in places else tuple(places)

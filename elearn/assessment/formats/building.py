"""Parts of questions that several formats put together alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from elearn.assessment.formats.neutral import Entry, Parsed
from elearn.kernel.errors import N_

# Other systems write thirds as 33.33 or 33.33333.
_NEARLY = Decimal("0.01")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Weighed:
    """An option with the percentage of the points that choosing it gives or takes."""

    text: str
    percent: Decimal
    feedback: str | None = None


class Unfit(Exception):
    """A question that our types cannot represent: a code, a message, and its parameters."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.params = params


def option(text: str, *, correct: bool, feedback: str | None = None) -> Entry:
    """Return an option; an empty feedback is none."""
    made: Entry = {"text": text, "correct": correct}
    return {**made, "feedback": feedback} if feedback and feedback.strip() else made


def single(options: Sequence[Weighed], right: int) -> Entry:
    """Return the body of a choice of one, ``right`` its position."""
    made = [
        option(each.text, correct=position == right, feedback=each.feedback)
        for position, each in enumerate(options)
    ]
    return {"type": "single_choice", "options": made}


def weighed_choice(options: Sequence[Weighed], *, is_single: bool) -> Entry:
    """Return the body of the choice that these weights amount to. Raises Unfit.

    One option worth all: a choice of one. Several, each worth its equal share: a choice of
    several, scored in part when each wrong one takes such a share away, else all or nothing.
    """
    right = [position for position, each in enumerate(options) if each.percent > 0]
    if not right:
        raise Unfit("key.missing", N_("Không có phương án nào được đánh dấu đúng."))
    if is_single:
        if len(right) > 1 or options[right[0]].percent != HUNDRED:
            raise Unfit("weights", _UNEQUAL)
        return single(options, right[0])
    share = HUNDRED / len(right)
    if any(abs(options[position].percent - share) > _NEARLY for position in right):
        raise Unfit("weights", _UNEQUAL)
    wrong = [each.percent for each in options if each.percent <= 0]
    is_partial = bool(wrong) and all(abs(percent + share) <= _NEARLY for percent in wrong)
    made = [option(each.text, correct=each.percent > 0, feedback=each.feedback) for each in options]
    scoring = "partial" if is_partial else "all_or_nothing"
    return {"type": "multiple_choice", "scoring": scoring, "options": made}


_UNEQUAL = N_(
    "Các phương án có trọng số điểm khác nhau, hệ thống không chấm được như vậy; hãy cho các "
    "phương án đúng cùng một trọng số."
)


def shares(entry: Mapping[str, Any]) -> list[Decimal]:
    """Return the percentage of each option of a choice, the reverse of ``weighed_choice``."""
    options = entry["options"]
    right = sum(each["correct"] for each in options)
    if entry["type"] == "single_choice":
        return [HUNDRED if each["correct"] else Decimal(0) for each in options]
    share = HUNDRED / max(right, 1)
    wrong = -share if entry.get("scoring") == "partial" else -HUNDRED
    return [share if each["correct"] else wrong for each in options]


def percent_text(percent: Decimal) -> str:
    """Return a percentage with at most five decimals, as Moodle writes it."""
    text = format(percent.quantize(Decimal("0.00001")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def essay(points: str = "1") -> Entry:
    """Return the body of an essay whose file has no rubric."""
    rubric = [{"criterion": N_("Nội dung trả lời đúng và đủ"), "points": points}]
    return {"type": "essay", "rubric": rubric, "min_words": 0}


def note_weights(parsed: Parsed, line: int | None, label: str, entry: Entry) -> None:
    """Tell that a choice of several will be scored otherwise than where it comes from."""
    if entry.get("type") == "multiple_choice" and entry.get("scoring") == "all_or_nothing":
        message = N_("Nhiều phương án đúng: sẽ chấm theo cách “đúng hết mới được điểm”.")
        parsed.note(line, label, "scoring.changed", message)


def decimal_of(text: str) -> Decimal:
    """Return the number in ``text``, its decimal mark a point or a comma. Raises Unfit."""
    bare = text.strip().replace("\u2212", "-")
    if bare.count(",") == 1 and "." not in bare:
        bare = bare.replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation as error:
        raise _no_number(text) from error
    if not number.is_finite() or abs(number.adjusted()) > 60:
        raise _no_number(text)
    return number


def _no_number(text: str) -> Unfit:
    return Unfit("number", N_("“%(text)s” không phải là số."), text=text.strip()[:40])


def numeric(answer: Decimal, tolerance: Decimal, unit: str | None = None) -> Entry:
    """Return the body of a question for a number."""
    return {
        "type": "numeric",
        "answer": format(answer, "f"),
        "tolerance": format(abs(tolerance), "f"),
        "unit": unit,
    }

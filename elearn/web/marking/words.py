"""Keys and counts in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from elearn.assessment.domain.grading import Treatment
from elearn.assessment.models import QuestionVersion
from elearn.assessment.regrading.rules import Key
from elearn.kernel.errors import N_
from elearn.web.words import _, translated

TREATMENTS = {
    Treatment.KEY: N_("Sửa đáp án đúng"),
    Treatment.ANY_ANSWER: N_("Mọi câu trả lời đều được đủ điểm"),
    Treatment.ANNULLED: N_("Bỏ câu hỏi, không tính vào điểm tối đa"),
}
# Aggregates below this say nothing exact to those who do not manage the people (domain.md 2).
FEW = 5


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option with whether it is right; ``id`` as the fields of a correction name it."""

    id: str
    letter: str
    html: str
    is_right: bool


@dataclass(frozen=True, slots=True)
class ShownGap:
    """A gap of a cloze: the answers taken, or options with the right one."""

    name: str
    answers: tuple[str, ...]
    options: tuple[ShownOption, ...]


@dataclass(frozen=True, slots=True)
class ShownKey:
    """The key of a question version as people read it; what its type has not is empty."""

    treatment: Treatment
    options: tuple[ShownOption, ...]
    answers: tuple[str, ...]
    answer: str
    tolerance: str
    gaps: tuple[ShownGap, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the key in plain lines, for types without written options."""
        if self.answer and self.tolerance:
            return (f"{self.answer} ± {self.tolerance}",)
        if self.answers or self.answer:
            return self.answers or (self.answer,)
        return tuple(
            f"({gap.name}) "
            + " / ".join(gap.answers or [one.html for one in gap.options if one.is_right])
            for gap in self.gaps
        )


def treatment_text(treatment: Treatment) -> str:
    """Return what a treatment is called."""
    return translated(TREATMENTS[treatment])


def key_of(version: QuestionVersion, key: Key) -> ShownKey:
    """Return the key by which ``version`` is graded."""
    body, rendered = key.body, version.rendered
    shown = rendered.get("options") or () if "options" in body else ()
    options = tuple(
        ShownOption(low, up, each["html"], bool(option["correct"]))
        for low, up, each, option in zip(
            ascii_lowercase, ascii_uppercase, shown, body.get("options") or (), strict=False
        )
    )
    answer = body.get("answer")
    return ShownKey(
        treatment=key.treatment,
        options=options,
        answers=tuple(body.get("answers") or ()),
        answer=_answer(answer),
        tolerance=_number(body.get("tolerance")),
        gaps=tuple(_gap(number, blank) for number, blank in enumerate(body.get("blanks") or (), 1)),
    )


def _answer(answer: object) -> str:
    if isinstance(answer, bool):
        return _("Đúng") if answer else _("Sai")
    return _number(answer)


def _number(value: object) -> str:
    return "" if value is None else str(value).replace(".", ",")


def _gap(number: int, blank: Mapping[str, Any]) -> ShownGap:
    options = blank.get("options") or ()
    return ShownGap(
        str(number),
        tuple(blank.get("answers") or ()),
        tuple(
            ShownOption(str(place), str(place + 1), str(option["text"]), bool(option["correct"]))
            for place, option in enumerate(options)
        ),
    )


def reader_of(*, exact: bool) -> Callable[[int], str]:
    """Return how a count of people is told: exactly to officers, small ones veiled to others."""
    return lambda count: str(count) if exact or count == 0 or count >= FEW else f"<{FEW}"

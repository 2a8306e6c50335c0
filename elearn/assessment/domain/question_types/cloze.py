"""A text with gaps, each written or chosen from a list."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from string import ascii_lowercase
from typing import Any

from elearn.assessment.domain.question_types.base import (
    NO_MARKS,
    Body,
    Control,
    ExplainedRow,
    Fields,
    Gap,
    Piece,
    Presented,
    QuestionType,
    choices_of,
    refused,
)
from elearn.assessment.domain.question_types.writing import LONGEST_KEY, folded_key, line_of

# Gaps stand between tags, never inside one: there they would break it.
_TAG_OR_GAP = re.compile(r"<[^>]*>|\{\{(\d{1,3})\}\}")


def gaps_in(html: str) -> list[tuple[int, int, int]]:
    """Return (start, end, place counted from 0) of each gap in rendered ``html``."""
    return [
        (found.start(), found.end(), int(found.group(1)) - 1)
        for found in _TAG_OR_GAP.finditer(html)
        if found.group(1)
    ]


class Cloze(QuestionType):
    """Gaps {{1}}, {{2}}, … in the stem.

    The value is the list of what stands in them: a text, the id of an option, "" for nothing.
    Every gap filled rightly earns the same part of the points. Written gaps are compared without
    case, accents and spaces.
    """

    name = "cloze"
    control = Control.CLOZE

    def option_ids(self, body: Body) -> list[str]:
        """Return "0.b" for the second option of the first gap."""
        return [
            f"{place}.{letter}"
            for place, blank in enumerate(body["blanks"])
            for letter in _letters(blank)
        ]

    def check_value(self, body: Body, value: object) -> list[str]:
        blanks = body["blanks"]
        if not isinstance(value, list) or len(value) != len(blanks):
            raise refused()
        return [_checked(blank, given) for blank, given in zip(blanks, value, strict=True)]

    def parse_form(self, body: Body, fields: Fields) -> object:
        return [(fields.get(str(place)) or [""])[0] for place in range(len(body["blanks"]))]

    def form_of(self, asked: Body, value: object) -> dict[str, list[str]]:  # noqa: ARG002 - the value says all
        given = value if isinstance(value, list) else []
        return {str(place): [text] for place, text in enumerate(given) if text}

    def correct_form(self, body: Body) -> list[str]:
        return [_right(blank)[0] for blank in body["blanks"]]

    def _correct(self, body: Body, value: object) -> list[bool]:
        blanks = body["blanks"]
        if not isinstance(value, list) or len(value) != len(blanks):
            return [False] * len(blanks)
        return [_is_right(blank, given) for blank, given in zip(blanks, value, strict=True)]

    def grade(
        self,
        body: Body,
        value: object,
        marks: Mapping[str, Decimal] = NO_MARKS,  # noqa: ARG002 - no people mark it
    ) -> Decimal:
        correct = self._correct(body, value)
        return Decimal(sum(correct)) / len(correct)

    def tally(self, body: Body, value: object) -> tuple[str, ...]:
        """Return "0=b" for the option b, "1=motcua" for words in the second gap."""
        given = value if isinstance(value, list) else []
        blanks = zip(body["blanks"], given, strict=False)
        return tuple(
            f"{place}={text if _letters(blank) else folded_key(text)[:LONGEST_KEY]}"
            for place, (blank, text) in enumerate(blanks)
            if text
        )

    def present(self, rendered: Body, option_order: Sequence[str] = ()) -> Presented:
        return Presented(
            control=self.control,
            stem_html="",
            pieces=tuple(_pieces(rendered["stem"], rendered["blanks"], option_order)),
        )

    def _told_stem(self, rendered: Body) -> str:
        pieces = _pieces(rendered["stem"], rendered["blanks"], ())
        return "".join(
            f"{piece.html}({int(piece.gap.name) + 1}) ……" if piece.gap else piece.html
            for piece in pieces
        )

    def _told_rows(self, body: Body, rendered: Body, value: object) -> tuple[ExplainedRow, ...]:
        given = value if isinstance(value, list) else [""] * len(body["blanks"])
        told = zip(
            body["blanks"], rendered["blanks"], given, self._correct(body, value), strict=True
        )
        return tuple(
            _row(place, blank, options, text, is_correct)
            for place, (blank, options, text, is_correct) in enumerate(told, 1)
        )


def _letters(blank: Mapping[str, Any]) -> str:
    return ascii_lowercase[: len(blank.get("options") or ())]


def _right(blank: Mapping[str, Any]) -> list[str]:
    """Return what fills the gap rightly: the id of its right option, or the texts."""
    if not blank.get("options"):
        return [str(answer) for answer in blank["answers"]]
    pairs = zip(_letters(blank), blank["options"], strict=False)
    return [letter for letter, option in pairs if option["correct"]]


def _checked(blank: Mapping[str, Any], given: object) -> str:
    if not _letters(blank):
        return line_of(given)
    if not isinstance(given, str) or (given and given not in list(_letters(blank))):
        raise refused()
    return given


def _is_right(blank: Mapping[str, Any], given: str) -> bool:
    if not given:
        return False
    if _letters(blank):
        return given in _right(blank)
    return folded_key(given) in {folded_key(answer) for answer in _right(blank)}


def _pieces(stem: str, blanks: Sequence[Any], option_order: Sequence[str]) -> Iterator[Piece]:
    end = 0
    for start, after, place in gaps_in(stem):
        if place < len(blanks):
            yield Piece(stem[end:start], _gap(place, blanks[place], option_order))
            end = after
    yield Piece(stem[end:])


def _gap(place: int, options: Sequence[Body] | None, option_order: Sequence[str]) -> Gap:
    if options is None:
        return Gap(str(place))
    mine = [each.split(".")[1] for each in option_order if each.startswith(f"{place}.")]
    return Gap(str(place), choices_of(options, mine))


def _row(
    place: int,
    blank: Mapping[str, Any],
    options: Sequence[Body] | None,
    given: str,
    is_correct: bool,  # noqa: FBT001 - one of a row's parts
) -> ExplainedRow:
    right = _right(blank)
    if options is None:
        return ExplainedRow(str(place), "", given, "", tuple(right), is_correct)
    html = {"": "", **{option["id"]: option["html"] for option in options}}
    return ExplainedRow(str(place), html[given], "", html[right[0]], (), is_correct)

"""A question as it stands on paper: its stem, its choices with letters, room to answer. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase

from elearn.assessment.domain.question_types import Control, Presented
from elearn.assessment.printing.blocks import (
    Block,
    Grid,
    Lines,
    Paragraph,
    Run,
    Runs,
    Style,
    blocks_of,
    runs_of,
)

BOLD = Style(is_bold=True)
# Words that belong to a printed paper, Vietnamese like its questions.
_MANNER = {
    Control.CHECKBOX: "chọn một hoặc nhiều phương án",
    Control.YES_NO: "ghi Đ nếu đúng, S nếu sai",
    Control.MATCHING: "ghép mỗi số với một chữ, ví dụ 1C 2A",
    Control.ORDERING: "ghi các chữ theo thứ tự đúng, ví dụ C A B",
    Control.CLOZE: "điền vào chỗ trống",
    Control.ESSAY: "tự luận",
}
_SHORT_OPTION = 24
_LINES_OF_AN_ESSAY = 14
_DOTS = "…………"
_WIDE_SPACE = "\N{NO-BREAK SPACE}" * 3 + " "


@dataclass(frozen=True, slots=True)
class PrintedQuestion:
    """A question with its number on the form; ``blocks`` follow the number."""

    number: int
    points: Decimal
    blocks: tuple[Block, ...]


def print_question(number: int, points: Decimal, shown: Presented) -> PrintedQuestion:
    """Return a question for a printed form, the options in the order of ``shown``."""
    blocks = list(_numbered(f"Câu {number}.", shown))
    return PrintedQuestion(number, points, tuple(blocks))


def _numbered(label: str, shown: Presented) -> Iterator[Block]:
    head: list[Run] = [Run(label + " ", BOLD)]
    if manner := _MANNER.get(shown.control):
        head.append(Run(f"({manner}) ", Style(is_italic=True)))
    stem = list(_stem(shown))
    if stem and isinstance(stem[0], Paragraph) and not stem[0].mark:
        yield Paragraph((*head, *stem[0].runs))
        yield from stem[1:]
    else:
        yield Paragraph(tuple(head))
        yield from stem
    yield from _room(shown)


def _stem(shown: Presented) -> Iterator[Block]:
    if shown.control is not Control.CLOZE:
        yield from blocks_of(shown.stem_html)
        return
    html = "".join(
        piece.html + (f"({int(piece.gap.name) + 1}) {_DOTS}" if piece.gap else "")
        for piece in shown.pieces
    )
    yield from blocks_of(html)


def _room(shown: Presented) -> Iterator[Block]:
    match shown.control:
        case Control.RADIO | Control.CHECKBOX | Control.ORDERING:
            yield from _lettered([runs_of(choice.html) for choice in shown.choices])
        case Control.YES_NO:
            return
        case Control.MATCHING:
            yield _pairs(shown)
        case Control.CLOZE:
            yield from _gap_choices(shown)
        case Control.ESSAY:
            yield Lines(_LINES_OF_AN_ESSAY)
        case Control.CASE:
            for letter, part in zip(ascii_lowercase, shown.parts, strict=False):
                yield from _numbered(f"{letter})", part.shown)
        case _:
            unit = f" ({shown.unit})" if shown.unit else ""
            yield Paragraph((Run(f"Trả lời{unit}: {_DOTS * 4}"),), indent=1)


def _plain(runs: Runs) -> int:
    return sum(len(run.text) for run in runs)


def _lettered(choices: list[Runs]) -> Iterator[Block]:
    """Short options stand side by side, long ones below each other."""
    marked = [
        (Run(f"{letter}. ", BOLD), *runs)
        for letter, runs in zip(ascii_uppercase, choices, strict=False)
    ]
    longest = max((_plain(runs) for runs in choices), default=0)
    width = 4 if longest <= _SHORT_OPTION / 2 else 2 if longest <= _SHORT_OPTION * 1.5 else 1
    if width == 1:
        yield from (Paragraph(runs, indent=1) for runs in marked)
        return
    rows = [tuple(marked[start : start + width]) for start in range(0, len(marked), width)]
    yield Grid(tuple((*row, *((),) * (width - len(row))) for row in rows))


def _pairs(shown: Presented) -> Grid:
    lefts = [
        (Run(f"{number}. ", BOLD), *runs_of(row.html)) for number, row in enumerate(shown.rows, 1)
    ]
    rights = [
        (Run(f"{letter}. ", BOLD), *runs_of(choice.html))
        for letter, choice in zip(ascii_uppercase, shown.choices, strict=False)
    ]
    size = max(len(lefts), len(rights))
    lefts += [()] * (size - len(lefts))
    rights += [()] * (size - len(rights))
    return Grid(tuple(zip(lefts, rights, strict=True)))


def _gap_choices(shown: Presented) -> Iterator[Block]:
    for piece in shown.pieces:
        if piece.gap is None or piece.gap.choices is None:
            continue
        texts = [
            f"{letter}. {choice.text or ''}".strip()
            for letter, choice in zip(ascii_uppercase, piece.gap.choices, strict=False)
        ]
        label = f"({int(piece.gap.name) + 1}) "
        yield Paragraph((Run(label, BOLD), Run(_WIDE_SPACE.join(texts))), indent=1)

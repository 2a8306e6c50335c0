"""Differences between two texts: line by line, and word by word within changed lines. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

# Words with the spaces after them, so that joined pieces give the line back.
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Above these a changed block or line is shown as wholly replaced: nobody reads it word by word.
_MAX_BLOCK_CELLS = 4_000
_MAX_WORDS = 1_500
# Above this many lines the texts are not compared: it would take seconds, and no lesson has them.
MAX_LINES = 5_000
_ALIKE = 0.35


class Change(StrEnum):
    """What became of a line."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters of a line; ``is_changed`` when the other line lacks it."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a difference: the old line, the new one, or both, with numbers from 1.

    A ``SKIPPED`` row stands for ``skipped`` unchanged lines.
    """

    change: Change
    old_number: int | None = None
    new_number: int | None = None
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """The rows to show and how many lines were added and removed (a changed line is both).

    ``is_too_long``: the texts differ, but have too many lines to be compared; there are no rows.
    """

    rows: tuple[Row, ...] = ()
    added: int = 0
    removed: int = 0
    is_too_long: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the texts are the same."""
        return self.added == 0 and self.removed == 0 and not self.is_too_long


def compare(old: str, new: str, *, context: int | None = 3) -> Difference:
    """Return how ``new`` differs from ``old``.

    Unchanged stretches are cut to ``context`` lines around each change; None shows them whole.
    """
    left, right = old.splitlines(), new.splitlines()
    if max(len(left), len(right)) > MAX_LINES:
        return Difference(is_too_long=left != right)
    rows = list(_rows(left, right))
    changed = [row for row in rows if row.change is not Change.SAME]
    return Difference(
        rows=tuple(rows if context is None else _cut(rows, context)),
        added=sum(row.new_number is not None for row in changed),
        removed=sum(row.old_number is not None for row in changed),
    )


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    # The default treatment of popular lines keeps long texts of equal lines from taking minutes.
    matcher = SequenceMatcher(None, old, new)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            for offset in range(old_to - old_from):
                line = old[old_from + offset]
                piece = (Piece(line),)
                numbers = old_from + offset + 1, new_from + offset + 1
                yield Row(Change.SAME, *numbers, piece, piece)
        else:
            yield from _replaced(old[old_from:old_to], new[new_from:new_to], old_from, new_from)


def _replaced(
    old: Sequence[str], new: Sequence[str], old_start: int, new_start: int
) -> Iterator[Row]:
    """Yield the rows of a changed block; lines that are alike stand beside each other."""
    old_at = new_at = 0
    for old_index, new_index in [*_pairs(old, new), (len(old), len(new))]:
        for index in range(old_at, old_index):
            yield _removed(old[index], old_start + index + 1)
        for index in range(new_at, new_index):
            yield _added(new[index], new_start + index + 1)
        if old_index < len(old):
            left, right = _words(old[old_index], new[new_index])
            numbers = old_start + old_index + 1, new_start + new_index + 1
            yield Row(Change.CHANGED, *numbers, left, right)
        old_at, new_at = old_index + 1, new_index + 1


def _removed(line: str, number: int) -> Row:
    return Row(Change.REMOVED, old_number=number, old=(Piece(line, is_changed=True),))


def _added(line: str, number: int) -> Row:
    return Row(Change.ADDED, new_number=number, new=(Piece(line, is_changed=True),))


def _pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return which old line became which new one: in order, with the greatest common likeness."""
    if len(old) * len(new) > _MAX_BLOCK_CELLS:
        return []
    old_words = [frozenset(line.split()) for line in old]
    new_words = [frozenset(line.split()) for line in new]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = _likeness(old_words[i], new_words[j]) + best[i + 1][j + 1]
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    return list(_walk(best, old_words, new_words))


def _walk(
    best: list[list[float]], old: list[frozenset[str]], new: list[frozenset[str]]
) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(old) and j < len(new):
        likeness = _likeness(old[i], new[j])
        if likeness > 0 and best[i][j] == likeness + best[i + 1][j + 1]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1


def _likeness(old: frozenset[str], new: frozenset[str]) -> float:
    """Return the share of common words, 0 when the lines have too little in common."""
    if not old or not new:
        return 0.0
    share = 2 * len(old & new) / (len(old) + len(new))
    return share if share >= _ALIKE else 0.0


def _words(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Return the pieces of both lines, words that the other lacks marked."""
    left, right = _WORD.findall(old), _WORD.findall(new)
    if len(left) > _MAX_WORDS or len(right) > _MAX_WORDS:
        return (Piece(old, is_changed=True),), (Piece(new, is_changed=True),)
    old_pieces: list[Piece] = []
    new_pieces: list[Piece] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        is_changed = tag != "equal"
        _append(old_pieces, "".join(left[old_from:old_to]), is_changed=is_changed)
        _append(new_pieces, "".join(right[new_from:new_to]), is_changed=is_changed)
    return tuple(old_pieces), tuple(new_pieces)


def _append(pieces: list[Piece], text: str, *, is_changed: bool) -> None:
    if text:
        pieces.append(Piece(text, is_changed))


def _cut(rows: Sequence[Row], context: int) -> Iterator[Row]:
    """Yield ``rows`` with stretches far from any change folded into one row each."""
    near: set[int] = set()
    for index, row in enumerate(rows):
        if row.change is not Change.SAME:
            near.update(range(index - context, index + context + 1))
    skipped = 0
    for index, row in enumerate(rows):
        if index not in near:
            skipped += 1
            continue
        if skipped:
            yield Row(Change.SKIPPED, skipped=skipped)
            skipped = 0
        yield row
    if skipped:
        yield Row(Change.SKIPPED, skipped=skipped)

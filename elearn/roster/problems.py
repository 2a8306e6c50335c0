"""What is wrong with a roster and where: sheet, row, column, a code and a Vietnamese sentence."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from elearn.roster.facts import SHEETS


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right; ``message`` has ``%(name)s`` places filled from ``params``.

    ``row`` counts the header as 1; None for the sheet or the file as a whole.
    """

    sheet: str
    row: int | None
    column: str | None
    code: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """Return the Vietnamese sentence."""
        return self.message % self.params if self.params else self.message

    def as_json(self) -> dict[str, object]:
        """Return the shape of design.md 5.1."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "message": self.text(),
        }


_ORDER = {sheet: place for place, sheet in enumerate(SHEETS)}


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return ``problems`` by sheet and row, each once."""
    unique = {(item.sheet, item.row, item.column, item.code): item for item in problems}
    return sorted(
        unique.values(),
        key=lambda item: (_ORDER.get(item.sheet, -1), item.sheet, item.row or 0, item.column or ""),
    )

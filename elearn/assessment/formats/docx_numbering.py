"""The numbers that Word writes itself: «Câu 1.», «A.» made by lists, not typed."""

import re
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
MAX_LEVEL = 9


def value_of(element: etree._Element | None, name: str) -> str | None:
    """Return the attribute ``w:val`` of the child ``name``, None when there is no such child."""
    child = None if element is None else element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val", "")


@dataclass(slots=True)
class _Level:
    """How one level of a list is numbered."""

    kind: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    """An abstract list with its running numbers; lists that share it count on."""

    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Gives each numbered paragraph, in order, the label that Word shows before it."""

    def __init__(self, root: etree._Element | None) -> None:
        self.lists: dict[str, _List] = {}
        self.abstract_of: dict[str, str] = {}
        self.restarts: dict[tuple[str, int], int] = {}
        self.begun: set[tuple[str, int]] = set()
        if root is not None:
            self._read(root)

    def _read(self, root: etree._Element) -> None:
        for abstract in root.iterchildren(f"{W}abstractNum"):
            levels = {
                _whole(each.get(f"{W}ilvl")): _level(each) for each in abstract.iter(f"{W}lvl")
            }
            self.lists[abstract.get(f"{W}abstractNumId", "")] = _List(levels)
        for number in root.iterchildren(f"{W}num"):
            name = number.get(f"{W}numId", "")
            self.abstract_of[name] = value_of(number, "abstractNumId") or ""
            for override in number.iterchildren(f"{W}lvlOverride"):
                if (start := value_of(override, "startOverride")) is not None:
                    level = _whole(override.get(f"{W}ilvl"))
                    self.restarts[name, level] = _whole(start)

    def label(self, name: str, level: int) -> str:
        """Return the label of the next paragraph of the list ``name``, "" for a bullet."""
        found = self.lists.get(self.abstract_of.get(name, ""))
        how = found.levels.get(level) if found else None
        if found is None or how is None or level >= MAX_LEVEL:
            return ""
        if (name, level) in self.restarts and (name, level) not in self.begun:
            found.counts[level] = self.restarts[name, level] - 1
        self.begun.add((name, level))
        found.counts[level] = found.counts.get(level, how.start - 1) + 1
        for deeper in [each for each in found.counts if each > level]:
            del found.counts[deeper]
        if how.kind == "bullet":
            return ""
        return _PLACE.sub(lambda match: self._number(found, int(match[1]) - 1), how.text)

    @staticmethod
    def _number(found: _List, level: int) -> str:
        how = found.levels.get(level, _Level())
        return _written(found.counts.get(level, how.start), how.kind)


def _level(element: etree._Element) -> _Level:
    return _Level(
        value_of(element, "numFmt") or "decimal",
        (value_of(element, "lvlText") or "")[:40],
        _whole(value_of(element, "start") or "1"),
    )


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else 0


def _written(number: int, kind: str) -> str:
    if kind in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (number - 1) % 26)
        return letter if kind == "upperLetter" else letter.lower()
    if kind in ("upperRoman", "lowerRoman"):
        text, rest = "", min(max(number, 0), 100)
        for value, sign in _ROMAN:
            text, rest = text + sign * (rest // value), rest % value
        return text if kind == "upperRoman" else text.lower()
    return "" if kind == "none" else str(number)

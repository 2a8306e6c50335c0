"""What tally keys of answers are called when authors read them."""

from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from elearn.assessment.domain.question_types import type_of
from elearn.assessment.domain.question_types.choices import YES_NO
from elearn.assessment.statistics.rules import Option

Body = Mapping[str, Any]
# Answers in free text are many; those given most often tell enough.
MOST_SHOWN = 12


def name_options(type_name: str, body: Body, counted: Mapping[str, Sequence[int]]) -> list[Option]:
    """Return what could be chosen, in the order written, else what was, the most frequent first."""
    offer = _OFFERED.get(type_name)
    offered = offer(body) if offer else []
    right = _right_keys(type_name, body)
    if offered:
        return [
            Option(key, name, text, key in right, is_offered=True) for key, name, text in offered
        ]
    frequent = sorted(counted, key=lambda key: (-sum(counted[key]), key))[:MOST_SHOWN]
    return [
        Option(key, _name(type_name, body, key), "", key in right, is_offered=False)
        for key in frequent
    ]


def _right_keys(type_name: str, body: Body) -> frozenset[str]:
    kind = type_of(type_name)
    return frozenset(kind.tally(body, kind.correct_form(body)))


def _letters(body: Body) -> list[tuple[str, str, str]]:
    return [
        (letter, letter.upper(), str(option["text"]))
        for letter, option in zip(ascii_lowercase, body["options"], strict=False)
    ]


def _yes_no(_body: Body) -> list[tuple[str, str, str]]:
    return [(key, word, "") for key, word in YES_NO.items()]


_OFFERED: dict[str, Callable[[Body], list[tuple[str, str, str]]]] = {
    "single_choice": _letters,
    "multiple_choice": _letters,
    "true_false": _yes_no,
}


def _name(type_name: str, body: Body, key: str) -> str:
    namer = _NAMES.get(type_name)
    return namer(body, key) if namer else key


def _pair(_body: Body, key: str) -> str:
    left, _, right = key.partition("=")
    return f"{_counted(left)} ↔ {_counted(right)}"


def _order(_body: Body, key: str) -> str:
    return " – ".join(_counted(place) for place in key.split("-"))


def _gap(_body: Body, key: str) -> str:
    place, _, text = key.partition("=")
    return f"({_counted(place)}) {text}"


def _part(body: Body, key: str) -> str:
    place, _, rest = key.partition("/")
    part = body["questions"][int(place)] if place.isdigit() else {}
    kind = str(part.get("type", ""))
    if kind in _OFFERED:
        rest = {each: name for each, name, _ in _OFFERED[kind](part)}.get(rest, rest)
    return f"{_counted(place)}. {_name(kind, part, rest)}"


_NAMES: dict[str, Callable[[Body, str], str]] = {
    "matching": _pair,
    "ordering": _order,
    "cloze": _gap,
    "case": _part,
}


def _counted(place: str) -> str:
    """Return a place counted from 0 as people count, from 1."""
    return str(int(place) + 1) if place.isdigit() else "–"

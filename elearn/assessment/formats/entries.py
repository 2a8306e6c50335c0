"""An entry of a bank file from a published question, its keys in the order of design.md 5.3."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from elearn.assessment.content import QuestionContent

_HEADER_KEYS = (
    "id", "type", "level", "module", "lesson", "area", "skills", "facts", "citations",
)  # fmt: skip
_BODY_KEYS = (
    "stem", "scoring", "options", "answer", "pairs", "distractors", "items", "answers", "match",
    "tolerance", "unit", "blanks", "rubric", "min_words", "questions",
)  # fmt: skip
_PART_KEYS = ("type", *_BODY_KEYS, "text", "correct", "feedback", "left", "right", "criterion")


def in_order(values: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return ``values`` with ``keys`` first, in that order."""
    first = {key: values[key] for key in keys if key in values}
    return {**first, **{key: value for key, value in values.items() if key not in first}}


def ordered_part(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a part of a question with its keys in order."""
    if isinstance(value, Mapping):
        return in_order({key: ordered_part(item) for key, item in value.items()}, _PART_KEYS)
    if isinstance(value, list):
        return [ordered_part(item) for item in value]
    return value


def ordered_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``entry`` with its keys in order, its points a number."""
    header = {key: entry[key] for key in _HEADER_KEYS if key in entry}
    rest = {key: value for key, value in entry.items() if key not in header}
    points, explanation = rest.pop("points", 1), rest.pop("explanation", "")
    number = Decimal(str(points)).normalize()
    return {
        **header,
        **ordered_part(rest),
        "explanation": explanation,
        "points": Decimal(format(number, "f")),
    }


def entry_of(content: QuestionContent, bank: str) -> dict[str, Any]:
    """Return ``content`` as an entry of the file of ``bank``."""
    module = {} if content.module_code == bank else {"module": content.module_code}
    return ordered_entry(
        {
            "id": content.code,
            "type": content.type,
            "level": content.level.value,
            **module,
            "lesson": content.lesson_code,
            "area": content.area,
            "skills": content.skills,
            "facts": content.facts,
            "citations": content.citations,
            **content.body,
            "points": content.points,
        }
    )

"""What the body of a question says beside its stem, in plain lines that people compare. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase
from typing import Any

Body = Mapping[str, Any]
# What is no Markdown, or stands in the head of a question.
_PLAIN = frozenset(
    {"type", "scoring", "match", "answer", "tolerance", "unit", "answers", "points", "min_words"}
)
Path = tuple[str | int, ...]


def texts_of(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield (path, text) of every Markdown text of a body, perhaps unfinished."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key not in _PLAIN:
                yield from texts_of(each, (*path, str(key)))
    elif isinstance(value, Sequence):
        for place, each in enumerate(value):
            yield from texts_of(each, (*path, place))


def key_lines(body: Body) -> Iterator[str]:
    """Yield the options, fields and key of a question of any type, one line or more each."""
    if isinstance(body.get("answer"), bool):
        yield "Nhận định này đúng" if body["answer"] else "Nhận định này sai"
    yield from _options(body.get("options") or ())
    for pair in body.get("pairs") or ():
        yield f"{pair.get('left')} → {pair.get('right')}"
    yield from (f"(gây nhiễu) {text}" for text in body.get("distractors") or ())
    yield from (f"{place}. {text}" for place, text in enumerate(body.get("items") or (), 1))
    if "tolerance" in body:
        unit = f" {body['unit']}" if body.get("unit") else ""
        yield f"{body.get('answer')}{unit}, sai số {body['tolerance']}"
    yield from (f"{answer}" for answer in body.get("answers") or ())
    if "match" in body:
        yield f"So khớp: {body['match']}"
    for number, blank in enumerate(body.get("blanks") or (), 1):
        yield f"{{{{{number}}}}}:"
        yield from (f"    {line}" for line in key_lines(blank))
    yield from _rubric(body)
    for number, part in enumerate(body.get("questions") or (), 1):
        yield f"Câu {number} ({part.get('type')}, {part.get('points', 1)} điểm): {part.get('stem')}"
        yield from (f"    {line}" for line in key_lines(part))
        yield f"    → {part.get('explanation')}"


def _options(options: Sequence[Body]) -> Iterator[str]:
    for letter, option in zip(ascii_uppercase, options, strict=False):
        yield f"{letter}{' (đúng)' if option.get('correct') else ''}. {option.get('text') or ''}"
        if option.get("feedback"):
            yield f"    → {option['feedback']}"


def _rubric(body: Body) -> Iterator[str]:
    if "min_words" in body:
        yield f"Ít nhất {body['min_words']} từ"
    for line in body.get("rubric") or ():
        yield f"{line.get('criterion')} ({line.get('points')} điểm)"

"""The body of a question as the fields of the editor say it, one function a type.

Fields carry a prefix: "" for the question itself, "parts-0-" for the first question of a case.
A draft may be unfinished: what is not filled in stays empty; rows without any text are left out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from elearn.web.author.words import MATCHES, SCORINGS, TYPES

Body = dict[str, Any]
MAX_ROWS = 50
# The fewest rows shown of a list, and the most that its shape allows.
ROWS = {
    "options": (4, 10),
    "pairs": (4, 30),
    "items": (4, 20),
    "blanks": (2, 20),
    "rubric": (2, 20),
}
MAX_PARTS = 20
ADD_ROW = "add_row"
ADD_PART = "add_part"


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of one question; ``prefix`` stands before their names."""

    fields: "MultiDict[str, str]"
    prefix: str = ""

    def text(self, name: str) -> str:
        """Return the text in the field ``name``."""
        return self.fields.get(self.prefix + name, "").replace("\r\n", "\n").strip()

    def lines(self, name: str) -> list[str]:
        """Return the lines of a field that are not empty."""
        return [line.strip() for line in self.text(name).split("\n") if line.strip()]

    def rows(self, name: str, *keys: str) -> Iterator[tuple[int, list[str]]]:
        """Yield (place, texts of the fields ``keys``) of the rows that hold any text."""
        for place in range(MAX_ROWS):
            texts = [self.text(f"{name}-{place}-{key}") for key in keys]
            if any(texts):
                yield place, texts

    def part(self, place: int) -> "Sent":
        """Return the fields of one question of a case."""
        return Sent(self.fields, f"{self.prefix}parts-{place}-")


def read_body(type_: str, sent: Sent) -> Body:
    """Return what was written as a question of type ``type_``."""
    return {
        "stem": sent.text("stem"),
        **_READERS[type_](sent),
        "explanation": sent.text("explanation"),
    }


def _options(sent: Sent) -> Body:
    right = set(sent.fields.getlist(f"{sent.prefix}right"))
    return {
        "options": [
            {"text": text, "correct": str(place) in right}
            | ({"feedback": feedback} if feedback else {})
            for place, (text, feedback) in sent.rows("options", "text", "feedback")
        ]
    }


def _multiple(sent: Sent) -> Body:
    scoring = sent.text("scoring")
    return {**_options(sent), "scoring": scoring if scoring in SCORINGS else "all_or_nothing"}


def _statement(sent: Sent) -> Body:
    return {"answer": {"true": True, "false": False}.get(sent.text("answer"))}


def _pairs(sent: Sent) -> Body:
    """Read rows of two sides; a right side alone is a distractor."""
    rows = [texts for _, texts in sent.rows("pairs", "left", "right")]
    return {
        "pairs": [{"left": left, "right": right} for left, right in rows if left],
        "distractors": [right for left, right in rows if not left],
    }


def _items(sent: Sent) -> Body:
    rows = [
        (whole(sent.text(f"items-{place}-place"), place + 1), place, text)
        for place, (text,) in sent.rows("items", "text")
    ]
    return {"items": [text for _, _, text in sorted(rows)]}


def _words(sent: Sent) -> Body:
    match = sent.text("match")
    return {"answers": sent.lines("answers"), "match": match if match in MATCHES else "folded"}


def _number(sent: Sent) -> Body:
    return {
        "answer": sent.text("number").replace(",", "."),
        "tolerance": sent.text("tolerance").replace(",", ".") or "0",
        "unit": sent.text("unit") or None,
    }


def _blanks(sent: Sent) -> Body:
    return {
        "blanks": [_blank(sent, place, text) for place, (text,) in sent.rows("blanks", "lines")]
    }


def _blank(sent: Sent, place: int, text: str) -> Body:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if sent.text(f"blanks-{place}-way") != "choose":
        return {"answers": lines}
    right = whole(sent.text(f"blanks-{place}-right"), 1)
    return {
        "options": [
            {"text": line, "correct": number == right} for number, line in enumerate(lines, 1)
        ]
    }


def _essay(sent: Sent) -> Body:
    return {
        "rubric": [
            {"criterion": text, "points": points_of(points)}
            for _, (text, points) in sent.rows("rubric", "criterion", "points")
            if text
        ],
        "min_words": whole(sent.text("min_words"), 0),
    }


def _case(sent: Sent) -> Body:
    parts = [_part(sent.part(place)) for place in range(MAX_PARTS) if _is_kept(sent.part(place))]
    kind = sent.text("new_part")
    if sent.text("action") == ADD_PART and kind in PART_TYPES and len(parts) < MAX_PARTS:
        parts.append(_part(Sent(MultiDict({"type": kind}))))
    return {"questions": parts}


def _is_kept(sent: Sent) -> bool:
    return sent.text("type") in PART_TYPES and not sent.text("drop")


def _part(sent: Sent) -> Body:
    type_ = sent.text("type")
    return {"type": type_, **read_body(type_, sent), "points": points_of(sent.text("points"))}


def whole(text: str, otherwise: int) -> int:
    """Return the whole number in ``text``."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def points_of(text: str) -> int | str:
    """Return points as a file holds them: a whole number plainly, others with a point."""
    return whole(text, 1) if text.isdigit() or not text else text.replace(",", ".")


_READERS: dict[str, Callable[[Sent], Body]] = {
    "single_choice": _options,
    "multiple_choice": _multiple,
    "true_false": _statement,
    "matching": _pairs,
    "ordering": _items,
    "short_text": _words,
    "numeric": _number,
    "cloze": _blanks,
    "essay": _essay,
    "case": _case,
}
PART_TYPES = tuple(name for name in TYPES if name != "case")


def row_count(name: str, filled: int, extra: int) -> int:
    """Return how many rows of the list ``name`` the form shows, ``extra`` of them asked for."""
    fewest, most = ROWS[name]
    return min(most, max(fewest, filled + 1) + extra)


def as_rows(body: Body) -> Body:
    """Return the lists of ``body`` as the form shows them: distractors follow the pairs."""
    pairs = [*(body.get("pairs") or ())]
    pairs += [{"left": "", "right": text} for text in body.get("distractors") or ()]
    return {**body, "pairs": pairs}

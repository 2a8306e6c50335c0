"""A question's body with another key. Pure; the question itself stays as it was asked."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from string import ascii_lowercase
from typing import Any

from elearn.kernel.errors import N_, Invalid

# Types whose key can be written anew; any question can be left out or count for any answer.
KEYED = ("single_choice", "multiple_choice", "true_false", "short_text", "numeric", "cloze")
MOST_ANSWERS = 50
_LARGEST = Decimal(10) ** 12


def corrected(
    kind: str, body: Mapping[str, Any], given: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """Return ``body`` with the key that the fields ``given`` say. Raises Invalid.

    Fields: ``right`` ids of options; ``answer`` "true", "false" or a number; ``tolerance``;
    ``answers`` one a line; of gap 1, 2, … ``blank1``, ``blank2``, …: answers one a line, or the
    number of the right option from 0. Of a single choice several options may be right now.
    """
    if kind not in KEYED:
        raise Invalid(
            "keys.type", N_("Loại câu hỏi này chỉ nhận cách “mọi câu trả lời” hoặc “bỏ câu hỏi”.")
        )
    return {**body, **_CHANGES[kind](body, given)}


def _options(body: Mapping[str, Any], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    right = set(given.get("right", ()))
    letters = ascii_lowercase[: len(body["options"])]
    if not right or not right <= set(letters):
        raise Invalid("keys.right", N_("Hãy chọn ít nhất một phương án đúng."))
    return {
        "options": [
            {**option, "correct": letter in right}
            for letter, option in zip(letters, body["options"], strict=True)
        ]
    }


def _true_false(_body: Mapping[str, Any], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    answer = _one(given, "answer")
    if answer not in ("true", "false"):
        raise Invalid("keys.answer", N_("Hãy chọn đáp án đúng hoặc sai."))
    return {"answer": answer == "true"}


def _short_text(_body: Mapping[str, Any], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {"answers": _lines(_one(given, "answers"))}


def _numeric(body: Mapping[str, Any], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    answer, tolerance = _number(_one(given, "answer")), _number(_one(given, "tolerance"))
    if tolerance < 0:
        raise Invalid("keys.tolerance", N_("Sai số không được âm."))
    same = Decimal(str(body["answer"])) == answer and Decimal(str(body["tolerance"])) == tolerance
    return {} if same else {"answer": str(answer), "tolerance": str(tolerance)}


def _cloze(body: Mapping[str, Any], given: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "blanks": [
            _blank(blank, _one(given, f"blank{number}"))
            for number, blank in enumerate(body["blanks"], 1)
        ]
    }


def _blank(blank: Mapping[str, Any], text: str) -> dict[str, Any]:
    if blank.get("options") is None:
        return {**blank, "answers": _lines(text)}
    if not text.isdecimal() or int(text) >= len(blank["options"]):
        raise Invalid("keys.right", N_("Hãy chọn ít nhất một phương án đúng."))
    options = [
        {**option, "correct": place == int(text)} for place, option in enumerate(blank["options"])
    ]
    return {**blank, "options": options}


_CHANGES = {
    "single_choice": _options,
    "multiple_choice": _options,
    "true_false": _true_false,
    "short_text": _short_text,
    "numeric": _numeric,
    "cloze": _cloze,
}


def _one(given: Mapping[str, Sequence[str]], name: str) -> str:
    values = given.get(name, ())
    return values[0].strip() if values else ""


def _lines(text: str) -> list[str]:
    lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
    if not 1 <= len(lines) <= MOST_ANSWERS:
        raise Invalid(
            "keys.answers",
            N_("Hãy ghi từ 1 đến %(most)s đáp án, mỗi dòng một đáp án."),
            most=MOST_ANSWERS,
        )
    return lines


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > _LARGEST:
        raise Invalid("keys.number", N_("“%(text)s” không phải là số."), text=text[:40])
    return number

"""Aiken: a question, its options A to Z, and a line ``ANSWER: X``; nothing else."""

import re
from decimal import Decimal

from elearn.assessment.formats.building import Weighed, single
from elearn.assessment.formats.gift_writing import NO_PICTURE, NO_TYPE
from elearn.assessment.formats.neutral import Entry, Found, Loss, Outgoing, Parsed, Written
from elearn.assessment.formats.plain import from_markdown, to_markdown
from elearn.assessment.formats.texts import decode
from elearn.assessment.formats.yaml_format import texts_of
from elearn.kernel.errors import N_

_OPTION = re.compile(r"\s*([A-Z])[.)]\s+(.*\S)\s*")
_ANSWER = re.compile(r"\s*ANSWER:\s*([A-Z])\s*")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class _Reader:
    """Collects the lines of one question after the other."""

    def __init__(self) -> None:
        self.parsed = Parsed()
        self.number = 0
        self.begin()

    def begin(self) -> None:
        """Forget the question before."""
        self.number += 1
        self.line: int | None = None
        self.stem: list[str] = []
        self.options: list[str] = []

    @property
    def label(self) -> str:
        """The number of the present question."""
        return str(self.number)

    def take(self, number: int, text: str) -> None:
        """Read one line."""
        if answer := _ANSWER.fullmatch(text):
            self._finish(number, answer[1])
        elif (option := _OPTION.fullmatch(text)) and self.stem:
            self._option(number, option)
        elif text.strip():
            self._words(number, text)

    def _option(self, number: int, option: re.Match[str]) -> None:
        if option[1] == _LETTERS[len(self.options) % 26]:
            self.options.append(option[2])
        else:
            message = N_("Sau phương án này phải là phương án “%(letter)s”.")
            expected = _LETTERS[len(self.options) % 26]
            self.parsed.refuse(number, self.label, "option.order", message, letter=expected)
            self.options.append(option[2])

    def _words(self, number: int, text: str) -> None:
        if self.options:
            message = N_("Dòng này không phải phương án, cũng không phải “ANSWER: …”.")
            self.parsed.refuse(number, self.label, "aiken.line", message)
            return
        self.line = self.line or number
        self.stem.append(text)

    def _finish(self, number: int, letter: str) -> None:
        right = _LETTERS.index(letter)
        if not self.stem or right >= len(self.options):
            message = N_("“ANSWER: %(letter)s” không có phương án tương ứng.")
            self.parsed.refuse(number, self.label, "key.unknown", message, letter=letter)
        else:
            options = [Weighed(to_markdown([text]), _ZERO) for text in self.options]
            data = {"stem": to_markdown(self.stem), **single(options, right)}
            self.parsed.questions.append(Found(self.line, self.label, data))
        self.begin()

    def end(self) -> Parsed:
        """Return what was read; a question without its answer is told."""
        if self.stem:
            message = N_("Câu hỏi chưa có dòng “ANSWER: …”.")
            self.parsed.refuse(self.line, self.label, "key.missing", message)
        return self.parsed


_ZERO = Decimal(0)


def read(content: bytes) -> Parsed:
    """Return the questions of an Aiken file."""
    reader = _Reader()
    for number, line in enumerate(decode(content).split("\n"), 1):
        reader.take(number, line)
    return reader.end()


def write(outgoing: Outgoing) -> Written:
    """Return the choices of one as an Aiken file in UTF-8."""
    parts: list[str] = []
    losses: list[Loss] = []
    for entry in outgoing.entries:
        if loss := _whole_loss(entry):
            losses.append(loss)
            continue
        parts.append(_question(entry))
        if any(not from_markdown(text).is_exact for text in _texts(entry)):
            message = N_("Chữ đậm, nghiêng, bảng… không giữ được trong định dạng này.")
            losses.append(Loss(str(entry.get("id")), message))
        if entry.get("explanation"):
            losses.append(Loss(str(entry.get("id")), N_("Aiken không chứa phần giải thích.")))
    return Written("\n".join(parts).encode(), tuple(losses), len(parts))


def _texts(entry: Entry) -> list[str]:
    return [entry["stem"], *(option["text"] for option in entry["options"])]


def _whole_loss(entry: Entry) -> Loss | None:
    name = str(entry.get("id"))
    if entry["type"] != "single_choice":
        return Loss(name, NO_TYPE, {"type": entry["type"]}, is_whole=True)
    if any("](media/" in text for text in texts_of(entry)):
        return Loss(name, NO_PICTURE, is_whole=True)
    lines = from_markdown(entry["stem"]).lines
    if any(_OPTION.fullmatch(line) or _ANSWER.fullmatch(line) for line in lines[1:]):
        return Loss(name, N_("Câu hỏi có dòng trông như một phương án."), is_whole=True)
    return None


def _question(entry: Entry) -> str:
    lines = list(from_markdown(entry["stem"]).lines)
    right = 0
    for position, option in enumerate(entry["options"]):
        lines.append(f"{_LETTERS[position]}. {' '.join(from_markdown(option['text']).lines)}")
        right = position if option["correct"] else right
    return "\n".join([*lines, f"ANSWER: {_LETTERS[right]}", ""])

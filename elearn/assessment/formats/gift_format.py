"""GIFT, the text format of Moodle: a small grammar of ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from elearn.assessment.formats import building
from elearn.assessment.formats.building import Unfit, Weighed
from elearn.assessment.formats.gift_writing import write
from elearn.assessment.formats.html_markdown import convert
from elearn.assessment.formats.neutral import Entry, Found, Parsed
from elearn.assessment.formats.plain import to_markdown
from elearn.assessment.formats.tags import apply_tags, tags_in
from elearn.assessment.formats.texts import decode
from elearn.kernel.errors import N_, Invalid

__all__ = ["read", "write"]

# Escaped characters become these while the grammar is read; none of them is a character of text.
_ESCAPED = {"\\": "\ue000", "~": "\ue001", "=": "\ue002", "#": "\ue003", "{": "\ue004"}
_ESCAPED |= {"}": "\ue005", ":": "\ue006", "n": "\ue007"}
_PLAIN = str.maketrans({mark: "\n" if char == "n" else char for char, mark in _ESCAPED.items()})
_PRIVATE = re.compile("[\ue000-\ue007]")
_ESCAPE = re.compile(r"\\([\\~=#{}:n])")
_NAME = re.compile(r"\s*::(.*?)::", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|markdown|moodle|plain)\]", re.IGNORECASE)
_TRUTH = re.compile(r"\s*(TRUE|T|FALSE|F)\s*(?:#(.*))?", re.DOTALL | re.IGNORECASE)
_ANSWER = re.compile(r"([=~])\s*(?:%(-?\d+(?:\.\d+)?)%)?([^=~]*)")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


_BRACES = N_("Dấu { } không khớp; ký tự { } trong câu phải viết \\{ \\}.")


@dataclass(slots=True)
class _Block:
    """The lines of one question."""

    line: int
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read(content: bytes) -> Parsed:
    """Return the questions of a GIFT file. Raises Invalid for an unknown table of characters."""
    parsed = Parsed()
    for number, block in enumerate(_blocks(decode(content)), 1):
        if block.text.lstrip().startswith("$CATEGORY:"):
            message = N_("Mục “$CATEGORY” không dùng: mọi câu vào ngân hàng đã chọn.")
            parsed.note(block.line, None, "gift.category", message)
            continue
        try:
            _Question(parsed, block, str(number)).read()
        except Unfit as unfit:
            parsed.refuse(block.line, str(number), unfit.code, unfit.message, **unfit.params)
        except Invalid as error:
            parsed.refuse(block.line, str(number), error.code, error.message, **error.params)
    return parsed


def _blocks(text: str) -> Iterator[_Block]:
    """Yield the questions: lines up to a blank one that stands outside braces."""
    text = _PRIVATE.sub("\ufffd", text)
    block = _Block(0)
    depth = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith("//"):
            block.comments.append(line)
            continue
        marked = _ESCAPE.sub(lambda match: _ESCAPED[match[1]], line)
        if not marked.strip() and depth <= 0:
            if block.lines:
                yield block
                block = _Block(0)
            continue
        block.line = block.line or number
        block.lines.append(marked)
        depth = max(0, depth + marked.count("{") - marked.count("}"))
        if marked.lstrip().startswith("$CATEGORY:") and len(block.lines) == 1:
            yield block
            block, depth = _Block(0), 0
    if block.lines:
        yield block


class _Question:
    """Reads one block."""

    def __init__(self, parsed: Parsed, block: _Block, label: str) -> None:
        self.parsed = parsed
        self.block = block
        self.label = label
        self.format = "moodle"

    def read(self) -> None:
        """Add the question of the block, or a note on why it is none. Raises Unfit, Invalid."""
        text = self.block.text
        name = _NAME.match(text)
        rest = text[name.end() :] if name else text
        if marked := _FORMAT.match(rest):
            self.format, rest = marked[1].lower(), rest[marked.end() :]
        before, brace, after = rest.partition("{")
        if not brace:
            message = N_("Đoạn này không có đáp án trong { } nên không phải câu hỏi, đã bỏ qua.")
            self.parsed.note(self.block.line, self.label, "gift.description", message)
            return
        inner, closing, tail = after.partition("}")
        if not closing or "{" in inner:
            raise Unfit("gift.braces", _BRACES)
        if tail.strip():
            before = f"{before.rstrip()} _____ {tail.strip()}"
        answers, _, general = inner.partition("####")
        data: Entry = {"stem": self.markdown(before), **self.answer(answers.strip())}
        if general.strip():
            data["explanation"] = self.joined(data.get("explanation"), self.markdown(general))
        self._add(data, name[1] if name else "")

    def _add(self, data: Entry, name: str) -> None:
        tags = tags_in("\n".join(self.block.comments))
        data = apply_tags(data, tags)
        if "scoring" not in tags:
            building.note_weights(self.parsed, self.block.line, self.label, data)
        wish = tags.get("id", [name.strip().translate(_PLAIN)])[0]
        wished = wish if _ID.fullmatch(wish) and len(wish) <= 64 else None
        self.parsed.questions.append(
            Found(self.block.line, wished or self.label, data, wished_id=wished)
        )

    @staticmethod
    def joined(first: str | None, second: str) -> str:
        """Return two texts, one below the other."""
        return f"{first}\n\n{second}" if first else second

    def markdown(self, text: str) -> str:
        """Return ``text``, in the format of the question or its own, as Markdown."""
        kind = self.format
        if marked := _FORMAT.match(text):
            kind, text = marked[1].lower(), text[marked.end() :]
        text = text.translate(_PLAIN).strip()
        if kind == "markdown":
            return text
        if kind == "html" or (kind == "moodle" and re.search(r"</?[a-z][^<>]*>", text, re.I)):
            converted = convert(text)
            for lost in converted.lost:
                message = N_("Không giữ được phần <%(tag)s> của văn bản.")
                self.parsed.note(self.block.line, self.label, "html.lost", message, tag=lost)
            return converted.markdown
        return to_markdown(text.split("\n"))

    def line_of(self, text: str) -> str:
        """Return ``text``, an answer to be typed, as it is written."""
        return " ".join(text.translate(_PLAIN).split())

    def answer(self, text: str) -> Entry:
        """Return what the braces hold as the body of a question. Raises Unfit."""
        if not text:
            return building.essay()
        if text.startswith("#"):
            return self._numeric(text[1:])
        if truth := _TRUTH.fullmatch(text):
            return self._truth(truth)
        first = re.match(r"[=~]", text)
        if first is None:
            raise Unfit("gift.answer", N_("Không hiểu phần đáp án trong { }."))
        answers = [_split(match) for match in _ANSWER.finditer(text)]
        if any(sign == "~" for sign, *_ in answers):
            return self._choice(answers)
        if any("->" in words for _, _, words, _ in answers):
            return self._matching(answers)
        return self._short(answers)

    def _truth(self, match: re.Match[str]) -> Entry:
        feedback = "\n\n".join(
            self.markdown(part) for part in (match[2] or "").split("#") if part.strip()
        )
        data: Entry = {"type": "true_false", "answer": match[1][0].upper() == "T"}
        return {**data, "explanation": feedback} if feedback else data

    def _choice(self, answers: list["_Answer"]) -> Entry:
        options = [
            Weighed(
                self.markdown(words),
                percent if percent is not None else Decimal(100 if sign == "=" else 0),
                self.markdown(feedback) if feedback else None,
            )
            for sign, percent, words, feedback in answers
        ]
        return building.weighed_choice(options, is_single=any(sign == "=" for sign, *_ in answers))

    def _matching(self, answers: list["_Answer"]) -> Entry:
        pairs, distractors = [], []
        for _, _, words, _ in answers:
            left, arrow, right = words.partition("->")
            if not arrow:
                raise Unfit("gift.pair", N_("Cặp ghép phải viết dạng “trái -> phải”."))
            if left.strip():
                pairs.append({"left": self.markdown(left), "right": self.markdown(right)})
            else:
                distractors.append(self.markdown(right))
        return {"type": "matching", "pairs": pairs, "distractors": distractors}

    def _short(self, answers: list["_Answer"]) -> Entry:
        if any(percent not in (None, building.HUNDRED) for _, percent, _, _ in answers):
            raise Unfit("weights", N_("Đáp án ngắn chỉ được đúng hẳn, không được đúng một phần."))
        words = [self.line_of(each) for _, _, each, _ in answers]
        if any(re.search(r"(?<!\\)\*", each) for each in words):
            raise Unfit("wildcard", N_("Dấu * thay cho chữ bất kỳ trong đáp án không dùng được."))
        self._note_feedback(answers)
        return {"type": "short_text", "answers": words, "match": "folded"}

    def _note_feedback(self, answers: list["_Answer"]) -> None:
        if any(feedback for *_, feedback in answers):
            message = N_("Nhận xét riêng cho từng đáp án không giữ được ở loại câu này.")
            self.parsed.note(self.block.line, self.label, "feedback.lost", message)

    def _numeric(self, text: str) -> Entry:
        answers = [_split(match) for match in _ANSWER.finditer(text)]
        if len(answers) > 1 or (answers and answers[0][1] not in (None, building.HUNDRED)):
            raise Unfit("weights", N_("Câu hỏi số chỉ nhận một đáp án, đúng hẳn."))
        self._note_feedback(answers)
        words = (answers[0][2] if answers else text.partition("#")[0]).translate(_PLAIN).strip()
        if ".." in words:
            low, high = (building.decimal_of(part) for part in words.split("..", 1))
            return building.numeric((low + high) / 2, (high - low) / 2)
        value, _, tolerance = words.partition(":")
        return building.numeric(building.decimal_of(value), building.decimal_of(tolerance or "0"))


# The sign, the percentage, the words and the feedback.
_Answer = tuple[str, Decimal | None, str, str]


def _split(match: re.Match[str]) -> _Answer:
    words, _, feedback = match[3].partition("#")
    percent = Decimal(match[2]) if match[2] else None
    return match[1], percent, words.strip(), feedback.strip()

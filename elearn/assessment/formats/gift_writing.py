"""Questions as GIFT; what GIFT has no word for is told."""

import re
from collections.abc import Iterator
from decimal import Decimal

from elearn.assessment.formats.building import percent_text, shares
from elearn.assessment.formats.neutral import Entry, Loss, Outgoing, Written
from elearn.assessment.formats.plain import from_markdown
from elearn.assessment.formats.tags import tag_names
from elearn.assessment.formats.yaml_format import texts_of
from elearn.kernel.errors import N_

_SPECIAL = re.compile(r"[\\~=#{}:]")
_TYPES = frozenset(
    {"single_choice", "multiple_choice", "true_false", "matching", "short_text", "numeric", "essay"}
)
NO_TYPE = N_("Định dạng này không có loại câu hỏi “%(type)s”.")
NO_PICTURE = N_("Định dạng này không chứa được hình.")


def write(outgoing: Outgoing) -> Written:
    """Return the questions as a GIFT file in UTF-8."""
    parts: list[str] = []
    losses: list[Loss] = []
    for entry in outgoing.entries:
        lost = _whole_loss(entry)
        if lost is None:
            parts.append(_question(entry))
            losses += _small_losses(entry)
        else:
            losses.append(lost)
    return Written("\n".join(parts).encode(), tuple(losses), len(parts))


def _whole_loss(entry: Entry) -> Loss | None:
    name = str(entry.get("id"))
    if entry["type"] not in _TYPES:
        return Loss(name, NO_TYPE, {"type": entry["type"]}, is_whole=True)
    if any("](media/" in text for text in texts_of(entry)):
        return Loss(name, NO_PICTURE, is_whole=True)
    if entry["type"] == "short_text" and any("*" in answer for answer in entry["answers"]):
        return Loss(name, N_("Đáp án có dấu *, GIFT hiểu là chữ bất kỳ."), is_whole=True)
    if entry["type"] == "matching" and any("->" in pair["left"] for pair in entry["pairs"]):
        return Loss(name, N_("Vế trái có dấu ->, GIFT hiểu là chỗ ghép."), is_whole=True)
    return None


def _small_losses(entry: Entry) -> Iterator[Loss]:
    if entry["type"] == "essay":
        yield Loss(str(entry.get("id")), N_("GIFT không chứa tiêu chí chấm bài tự luận."))


def _question(entry: Entry) -> str:
    tags = "".join(f" [tag:{name}]" for name in tag_names(entry) if "]" not in name)
    writer = _Writer(is_markdown=not all(_is_plain(text) for text in _markdown_texts(entry)))
    start = "[markdown]" if writer.is_markdown else ""
    explanation = entry.get("explanation")
    general = f"\n\t####{writer.text(explanation)}" if explanation else ""
    return (
        f"// [id:{entry['id']}]{tags}\n"
        f"::{_escape(str(entry['id']))}::{start}{writer.text(entry['stem'])} "
        f"{{{writer.answer(entry)}{general}\n}}\n"
    )


def _markdown_texts(entry: Entry) -> list[str]:
    choices = [each.get(key) for each in entry.get("options") or () for key in ("text", "feedback")]
    pairs = [each[key] for each in entry.get("pairs") or () for key in ("left", "right")]
    texts = [entry["stem"], entry.get("explanation"), *choices, *pairs]
    return [text for text in [*texts, *(entry.get("distractors") or ())] if text]


def _is_plain(text: str) -> bool:
    """Whether the text has no look, and nothing that Moodle would take for HTML."""
    words = from_markdown(text)
    # A reference to a character in the source ("&#1") may leave no character behind.
    return words.is_exact and not {"<", "&"} & {*text, *words.text}


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text).replace("\n", "\\n")


class _Writer:
    """Writes the texts of one question, all plain or all Markdown."""

    def __init__(self, *, is_markdown: bool) -> None:
        self.is_markdown = is_markdown

    def text(self, markdown: str) -> str:
        """Return a Markdown text."""
        escaped = _escape(markdown if self.is_markdown else from_markdown(markdown).text)
        # A bracket in front would be taken for the name of a format.
        kind = "[markdown]" if self.is_markdown else "[moodle]"
        return kind + escaped if escaped.startswith("[") else escaped

    def answer(self, entry: Entry) -> str:
        """Return what stands between the braces."""
        match entry["type"]:
            case "single_choice" | "multiple_choice":
                return "".join(self._options(entry))
            case "true_false":
                return "TRUE" if entry["answer"] else "FALSE"
            case "matching":
                pairs = [(pair["left"], pair["right"]) for pair in entry["pairs"]]
                pairs += [("", text) for text in entry["distractors"]]
                return "".join(f"\n\t={self._left(one)} -> {self.text(two)}" for one, two in pairs)
            case "short_text":
                return "".join(f"\n\t={_escape(answer)}" for answer in entry["answers"])
            case "numeric":
                tolerance = Decimal(str(entry["tolerance"]))
                return f"#{entry['answer']}" + (f":{tolerance:f}" if tolerance else "")
            case _:
                return ""

    def _left(self, text: str) -> str:
        return self.text(text) if text else ""

    def _options(self, entry: Entry) -> Iterator[str]:
        for each, share in zip(entry["options"], shares(entry), strict=True):
            feedback = f" #{self.text(each['feedback'])}" if each.get("feedback") else ""
            if entry["type"] == "single_choice":
                sign = "=" if each["correct"] else "~"
            else:
                sign = f"~%{percent_text(share)}%"
            yield f"\n\t{sign}{self.text(each['text'])}{feedback}"

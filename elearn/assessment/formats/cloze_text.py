"""Moodle's embedded answers: ``{1:SHORTANSWER:=a~=b}`` in a text, and back."""

import re
from dataclasses import dataclass
from decimal import Decimal

from elearn.assessment.formats.building import HUNDRED, Unfit
from elearn.assessment.formats.neutral import Entry
from elearn.kernel.errors import N_

_GAP = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^\\{}])*)\}")
_TYPED = frozenset({"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC", "NUMERICAL", "NM"})
_CHOSEN = frozenset({"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"}) | {
    "MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS",
}  # fmt: skip
_PART = re.compile(r"(?:%(-?\d+(?:\.\d+)?)%)?((?:\\.|[^\\])*)", re.DOTALL)
_SPECIAL = re.compile(r"[\\~=#{}\"/]")
_GAPS = re.compile(r"\{\{(\d+)\}\}")


@dataclass(frozen=True, slots=True)
class ClozeText:
    """A text with gaps {{1}}, {{2}}, … and what belongs in them."""

    text: str
    blanks: list[Entry]


def read_cloze(source: str) -> ClozeText:
    """Return the text with its gaps numbered. Raises Unfit."""
    blanks: list[Entry] = []

    def gap(match: re.Match[str]) -> str:
        blanks.append(_blank(match[2], match[3]))
        return f"{{{{{len(blanks)}}}}}"

    text = _GAP.sub(gap, source)
    if not blanks:
        raise Unfit("cloze.gaps", N_("Không tìm thấy chỗ trống nào dạng {1:SHORTANSWER:=…}."))
    return ClozeText(text, blanks)


def _blank(kind: str, body: str) -> Entry:
    answers = [_answer(part) for part in re.split(r"(?<!\\)~", body) if part]
    if kind in _CHOSEN:
        options = [{"text": text, "correct": share == HUNDRED} for text, share in answers]
        return {"options": options}
    if kind not in _TYPED:
        message = N_("Chỗ trống kiểu “%(kind)s” không có trong hệ thống.")
        raise Unfit("cloze.kind", message, kind=kind[:30])
    if any(share not in (0, HUNDRED) for _text, share in answers):
        message = N_("Đáp án ngắn chỉ được đúng hẳn, không được đúng một phần.")
        raise Unfit("weights", message)
    right = [text for text, share in answers if share == HUNDRED]
    if kind in ("NUMERICAL", "NM"):
        if any(":" in text and Decimal(0) != _tolerance(text) for text in right):
            message = N_("Chỗ trống số có sai số không có trong hệ thống.")
            raise Unfit("cloze.tolerance", message)
        right = [text.partition(":")[0] for text in right]
    return {"answers": right}


def _tolerance(text: str) -> Decimal:
    number = re.fullmatch(r"\d{1,20}(?:\.\d{1,20})?", text.partition(":")[2].strip())
    return Decimal(number[0]) if number else Decimal(1)


def _answer(part: str) -> tuple[str, Decimal]:
    is_right = part.startswith("=")
    match = _PART.fullmatch(part[1:] if is_right else part)
    share, words = (match[1], match[2]) if match else (None, part)
    text = re.split(r"(?<!\\)#", words)[0]
    worth = Decimal(share) if share else (HUNDRED if is_right else Decimal(0))
    return re.sub(r"\\(.)", r"\1", text).strip(), worth


def write_cloze(html: str, blanks: list[Entry]) -> str:
    """Return ``html`` with each gap {{n}} as Moodle writes it."""
    return _GAPS.sub(lambda match: _gap(blanks[int(match[1]) - 1]), html)


def _gap(blank: Entry) -> str:
    if blank.get("answers"):
        return "{1:SHORTANSWER:" + "~".join(f"={_escaped(each)}" for each in blank["answers"]) + "}"
    marks = (("=" if each["correct"] else "") + _escaped(each["text"]) for each in blank["options"])
    return "{1:MULTICHOICE:" + "~".join(marks) + "}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)

"""What a question of a paper amounts to: its parts to type, key and fields of an entry."""

import re
from dataclasses import dataclass, field

from elearn.assessment.formats import building
from elearn.assessment.formats import layout_signs as signs
from elearn.assessment.formats.building import Unfit, option
from elearn.assessment.formats.layout_keys import marked
from elearn.assessment.formats.layout_lines import (
    BOLD,
    ITALIC,
    PLAIN,
    Line,
    Marks,
    form,
    paragraphs,
)
from elearn.assessment.formats.neutral import Entry
from elearn.kernel.errors import N_

LETTERS = "abcdefghij"
PINNED = N_("Dấu # ghim vị trí không dùng ở đây và đã được bỏ.")
_TRUE, _FALSE = frozenset({"dung", "d", "true", "t", "co"}), frozenset({"sai", "s", "false", "f"})
Note = tuple[str, str, dict[str, object]]
# They are put together into one sentence, which is Vietnamese alone.
_LOOKS = {
    "bold": "in đậm",
    "italic": "in nghiêng",
    "underline": "gạch chân",
    "colour": "tô màu chữ",
    "highlight": "tô nền",
}


@dataclass(slots=True)
class OptionLines:
    """An option as written."""

    lines: list[Line]
    label: Marks
    is_starred: bool
    is_tagged: bool = False


@dataclass(slots=True)
class Parts:
    """A question taken apart; ``tags`` stand behind its number.

    ``letters`` is what the answers at the end of the paper say of it; ``fields`` and ``feedback``
    are by name and by letter.
    """

    tags: str
    is_pinned: bool
    letters: str
    explanation: list[Line]
    stem: list[Line] = field(default_factory=list)
    options: list[OptionLines] = field(default_factory=list)
    key: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    feedback: dict[str, list[Line]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def note(self, code: str, message: str, **params: object) -> None:
        """Tell the author something, once for each ``code``."""
        if all(code != known[0] for known in self.notes):
            self.notes.append((code, message, params))


class EntryMaker:
    """Makes the entry of a bank file of a question taken apart."""

    def __init__(self, found: Parts) -> None:
        self.found = found

    def entry(self) -> Entry:
        """Return the entry; what is worth telling is noted in the parts. Raises Unfit."""
        found = self.found
        data = {"stem": paragraphs(found.stem, _whole_look(found.stem)), **self._answer()}
        if found.explanation:
            look = _whole_look(found.explanation)
            data["explanation"] = paragraphs(found.explanation, look)
        return {**self._label_fields(), **data, **self._own_fields(data["type"])}

    def _answer(self) -> Entry:
        if self.found.options:
            return self._choice()
        key = self.found.key
        if key is None:
            raise Unfit("key.missing", N_("Không tìm thấy phương án và đáp án của câu này."))
        words = form(key).strip(" .")
        if words in _TRUE | _FALSE:
            return {"type": "true_false", "answer": words in _TRUE}
        if "sai so" in self.found.fields or re.fullmatch(r"[-−]?\d+(?:[.,]\d+)?", key):
            tolerance = building.decimal_of(self.found.fields.get("sai so", "0"))
            unit = self.found.fields.get("don vi") or None
            return building.numeric(building.decimal_of(key), tolerance, unit)
        if signs.LETTERS.fullmatch(words) and len(words) == 1:
            raise Unfit(
                "option.missing", N_("Có đáp án %(key)s nhưng không có phương án."), key=key
            )
        answers = [part.strip() for part in key.split("|")]
        is_exact = form(self.found.fields.get("cach so", "")).startswith("chinh xac")
        match = "exact" if is_exact else "folded"
        return {"type": "short_text", "answers": [part for part in answers if part], "match": match}

    def _choice(self) -> Entry:
        if len(self.found.options) < 2:
            raise Unfit("option.missing", N_("Câu này chỉ có một phương án."))
        right, by_look = self._right()
        looks = frozenset({BOLD, ITALIC})
        options = [
            option(
                paragraphs(each.lines, looks & _dropped(each, by_look=by_look)),
                correct=position in right,
                feedback=paragraphs(self.found.feedback.get(LETTERS[position], [])) or None,
            )
            for position, each in enumerate(self.found.options)
        ]
        if len(right) == 1:
            return {"type": "single_choice", "options": options}
        is_partial = form(self.found.fields.get("cach cham", "")).startswith("tung phan")
        scoring = "partial" if is_partial else "all_or_nothing"
        return {"type": "multiple_choice", "scoring": scoring, "options": options}

    def _right(self) -> tuple[frozenset[int], bool]:
        """Return the positions of the right options, and whether only their look tells them."""
        told: dict[str, frozenset[int]] = {}
        if self.found.key is not None:
            told["dòng “Đáp án”"] = self._positions(self.found.key)
        if self.found.letters:
            told["bảng đáp án"] = self._positions(self.found.letters)
        stars = frozenset(at for at, each in enumerate(self.found.options) if each.is_starred)
        tagged = frozenset(at for at, each in enumerate(self.found.options) if each.is_tagged)
        told |= {name: at for name, at in (("“*”", stars), ("“(đúng)”", tagged)) if at}
        looks = marked(
            [each.label for each in self.found.options],
            [each.lines[0].common_marks() for each in self.found.options],
        )
        if not told:
            return self._agreed({_LOOKS.get(name, name): at for name, at in looks}), True
        right = self._agreed(told)
        for name, positions in looks:
            if positions != right and name in ("underline", "highlight"):
                message = N_("Phương án %(letters)s được %(look)s nhưng đáp án ghi khác.")
                params = {"letters": _names(positions), "look": _LOOKS[name]}
                self.found.note("key.look", message, **params)
        return right, False

    def _agreed(self, told: dict[str, frozenset[int]]) -> frozenset[int]:
        if not told:
            raise Unfit("key.missing", N_("Không tìm thấy đáp án của câu này."))
        if len(set(told.values())) > 1:
            said = "; ".join(f"{name}: {_names(positions)}" for name, positions in told.items())
            raise Unfit(
                "key.contradiction", N_("Các chỗ ghi đáp án khác nhau: %(said)s."), said=said
            )
        return next(iter(told.values()))

    def _positions(self, key: str) -> frozenset[int]:
        words = form(key).strip()
        if signs.DIGITS.fullmatch(words):
            positions = {int(number) - 1 for number in re.findall(r"\d+", words)}
        elif signs.LETTERS.fullmatch(words) or signs.JOINED.fullmatch(words):
            letters = re.findall(r"[a-j]", re.sub(r"\b(?:va|and)\b", " ", words))
            positions = {LETTERS.index(letter) for letter in letters}
        elif signs.LETTER_WITH_TEXT.fullmatch(words):
            positions = {LETTERS.index(words[0])}
        else:
            positions = set()
        if not positions or not all(0 <= each < len(self.found.options) for each in positions):
            message = N_("Đáp án “%(key)s” không chỉ phương án nào của câu này.")
            raise Unfit("key.unknown", message, key=key[:40])
        return frozenset(positions)

    def _label_fields(self) -> Entry:
        fields: Entry = {}
        if self.found.is_pinned:
            self.found.note("layout.pin", PINNED)
        for tag in signs.TAG.findall(self.found.tags):
            if level := signs.LEVELS.get(" ".join(tag.split())):
                fields["level"] = level
            elif points := signs.POINTS.fullmatch(tag):
                fields["points"] = points[1].replace(",", ".")
            else:
                self.found.note(
                    "layout.tag", N_("Không hiểu ghi chú “(%(tag)s)” sau số câu."), tag=tag
                )
        return fields

    def _own_fields(self, kind: str) -> Entry:
        names = {"ma": "id", "ma cau": "id", "ma cau hoi": "id", "bai hoc": "lesson"}
        fields: Entry = {
            names[name]: text for name, text in self.found.fields.items() if name in names and text
        }
        if level := self.found.fields.get("muc do"):
            fields["level"] = signs.LEVELS.get(form(level).strip(), level)
        if area := self.found.fields.get("linh vuc"):
            fields["area"] = area
        for name, key in (("ky nang", "skills"), ("du kien", "facts"), ("vien dan", "citations")):
            if name in self.found.fields:
                fields[key] = [
                    each for each in re.split(r"[\s,;]+", self.found.fields[name]) if each
                ]
        if points := self.found.fields.get("diem"):
            fields["points"] = format(building.decimal_of(points), "f")
        for name in ("sai so", "don vi") if kind != "numeric" else ():
            if name in self.found.fields:
                self.found.note(
                    "layout.field", N_("Mục “%(name)s” chỉ dùng cho câu hỏi số."), name=name
                )
        return fields


def _names(positions: frozenset[int]) -> str:
    return ", ".join(LETTERS[at].upper() for at in sorted(positions))


def _whole_look(lines: list[Line]) -> Marks:
    """Return the look that all of ``lines`` share; on the whole it says nothing."""
    looks = [line.common_marks() for line in lines if line.text.strip()]
    return frozenset.intersection(*looks) if looks else PLAIN


def _dropped(option: OptionLines, *, by_look: bool) -> Marks:
    """Return the look of an option that says nothing of its words."""
    common = option.lines[0].common_marks()
    return common if by_look or common == option.label else common & {BOLD}

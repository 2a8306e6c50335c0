"""Moodle XML: question banks of Moodle, pictures included."""

import base64
import binascii
import re
from collections.abc import Callable

from lxml import etree

from elearn.assessment.formats import building
from elearn.assessment.formats.building import Unfit, Weighed
from elearn.assessment.formats.cloze_text import read_cloze
from elearn.assessment.formats.docx_reading import picture_name
from elearn.assessment.formats.html_markdown import convert
from elearn.assessment.formats.moodle_writing import write
from elearn.assessment.formats.neutral import Entry, Found, Parsed
from elearn.assessment.formats.plain import to_markdown
from elearn.assessment.formats.tags import apply_tags, tags_of
from elearn.infra.xml_reading import line_of, local_name, parse_xml
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean

__all__ = ["read", "write"]

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_PLUGIN_FILE = "@@PLUGINFILE@@/"
MAX_FILE = 12 * 1024 * 1024
_IGNORED = frozenset({"category", "description"})


def read(content: bytes) -> Parsed:
    """Return the questions of a Moodle XML file. Raises Invalid when it is none."""
    root = parse_xml(content.lstrip())
    if local_name(root) != "quiz":
        raise Invalid(
            "moodle.root", N_("Tệp không phải Moodle XML: thẻ ngoài cùng phải là <quiz>.")
        )
    parsed = Parsed()
    number = 0
    for element in root.iterchildren("question"):
        kind = element.get("type") or ""
        if kind in _IGNORED:
            _tell_ignored(parsed, element, kind)
            continue
        number += 1
        question = _Question(parsed, element, kind, str(number))
        try:
            question.read()
        except (Unfit, Invalid) as error:
            parsed.refuse(
                line_of(element), question.label, error.code, error.message, **error.params
            )
    return parsed


def _tell_ignored(parsed: Parsed, element: etree._Element, kind: str) -> None:
    if kind == "description":
        message = N_("Mục “description” của Moodle không phải câu hỏi, đã bỏ qua.")
        parsed.note(line_of(element), None, "moodle.description", message)
    elif not any(trouble.code == "moodle.category" for trouble in parsed.troubles):
        message = N_("Danh mục của Moodle không dùng: mọi câu vào ngân hàng đã chọn.")
        parsed.note(line_of(element), None, "moodle.category", message)


def _words(element: etree._Element | None) -> str:
    return clean("".join(map(str, element.itertext()))).strip() if element is not None else ""


class _Question:
    """Reads one question element."""

    def __init__(self, parsed: Parsed, element: etree._Element, kind: str, number: str) -> None:
        self.parsed = parsed
        self.element = element
        self.kind = kind
        name = _words(element.find("idnumber")) or _words(element.find("name/text"))
        self.wished = name if _ID.fullmatch(name) and len(name) <= 64 else None
        self.label = self.wished or number
        self.pictures: dict[str, bytes] = {}

    def read(self) -> None:
        """Add the question. Raises Unfit, Invalid."""
        readers: dict[str, Callable[[], Entry]] = {
            "multichoice": self._choice,
            "truefalse": self._truth,
            "shortanswer": self._short,
            "numerical": self._numeric,
            "matching": self._matching,
            "essay": self._essay,
            "cloze": self._cloze,
            "ordering": self._ordering,
        }
        reader = readers.get(self.kind)
        if reader is None:
            message = N_("Loại câu hỏi “%(type)s” của Moodle không có trong hệ thống.")
            raise Unfit("moodle.type", message, type=self.kind[:40])
        # The body may set the stem itself: that of a cloze holds its gaps.
        data: Entry = {"stem": self._text(self.element.find("questiontext"))}
        data |= reader()
        data["points"] = self._points()
        feedback = self._text(self.element.find("generalfeedback"))
        if feedback:
            before = data.get("explanation")
            data["explanation"] = f"{before}\n\n{feedback}" if before else feedback
        tags = tags_of(_words(each) for each in self.element.findall("tags/tag"))
        data = apply_tags(data, tags)
        if "scoring" not in tags:
            building.note_weights(self.parsed, line_of(self.element), self.label, data)
        self._tell_lost()
        line = line_of(self.element)
        self.parsed.questions.append(
            Found(line, self.label, data, wished_id=self.wished, pictures=self.pictures)
        )

    def _points(self) -> str:
        text = _words(self.element.find("defaultgrade")) or "1"
        number = building.decimal_of(text)
        return format(number.normalize(), "f") if number else "1"

    def _tell_lost(self) -> None:
        for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback", "hint"):
            if any(_words(each) for each in self.element.findall(name)) and not any(
                trouble.code == "moodle.feedback" for trouble in self.parsed.troubles
            ):
                message = N_("Nhận xét chung đúng/sai và gợi ý của Moodle không dùng, đã bỏ qua.")
                line = line_of(self.element)
                self.parsed.note(line, None, "moodle.feedback", message)

    # ---- texts

    def _text(self, element: etree._Element | None, default: str = "html") -> str:
        """Return a text element as Markdown, its pictures taken along."""
        if element is None:
            return ""
        files = {each.get("name") or "": each for each in element.findall("file")}
        words = clean(element.findtext("text") or "").strip()
        if not words:
            return ""
        kind = element.get("format") or default
        if kind == "markdown":
            return self._with_pictures(words, files)
        if kind in ("plain_text", "moodle_auto_format") and not re.search(r"<[a-zA-Z/]", words):
            return to_markdown(words.split("\n"))
        converted = convert(words, lambda address: self._picture(address, files))
        for lost in converted.lost:
            message = N_("Không giữ được phần <%(tag)s> của văn bản.")
            line = line_of(element)
            self.parsed.note(line, self.label, "html.lost", message, tag=lost)
        return converted.markdown

    def _with_pictures(self, markdown: str, files: dict[str, etree._Element]) -> str:
        def named(match: re.Match[str]) -> str:
            name = self._picture(match[1], files)
            return f"](media/{name})" if name else "](media/?)"

        return re.sub(r"\]\((@@PLUGINFILE@@/[^)\s]+)\)", named, markdown)

    def _picture(self, address: str, files: dict[str, etree._Element]) -> str | None:
        """Return the name of the embedded picture at ``address``, None when there is none."""
        content = b""
        if address.startswith(_PLUGIN_FILE):
            content = _embedded(files.get(_unquoted(address.removeprefix(_PLUGIN_FILE))))
        elif address.startswith("data:image/") and ";base64," in address[:60]:
            content = _decoded(address.partition(";base64,")[2])
        if not content:
            return None
        name = picture_name(address[-60:] if address.startswith(_PLUGIN_FILE) else "hinh", content)
        self.pictures[name] = content
        return name

    # ---- types

    def _answers(self) -> list[Weighed]:
        return [
            Weighed(
                self._text(each),
                building.decimal_of(each.get("fraction") or "0"),
                self._text(each.find("feedback")) or None,
            )
            for each in self.element.findall("answer")
        ]

    def _choice(self) -> Entry:
        is_single = _words(self.element.find("single")).lower() not in ("false", "0")
        return building.weighed_choice(self._answers(), is_single=is_single)

    def _truth(self) -> Entry:
        feedback = []
        answer = None
        for each in self.element.findall("answer"):
            if building.decimal_of(each.get("fraction") or "0") > 0:
                answer = _words(each.find("text")).lower() == "true"
            feedback.append(self._text(each.find("feedback")))
        if answer is None:
            raise Unfit("key.missing", N_("Không có phương án nào được đánh dấu đúng."))
        data: Entry = {"type": "true_false", "answer": answer}
        words = "\n\n".join(text for text in feedback if text)
        return {**data, "explanation": words} if words else data

    def _typed(self) -> list[str]:
        """Return the answers that are fully right. Raises Unfit for others."""
        answers = []
        for each in self.element.findall("answer"):
            percent = building.decimal_of(each.get("fraction") or "0")
            words = " ".join(_words(each.find("text")).split())
            if percent == 0:
                continue  # an answer foreseen as wrong needs no naming
            if percent != building.HUNDRED:
                message = N_("Đáp án ngắn chỉ được đúng hẳn, không được đúng một phần.")
                raise Unfit("weights", message)
            if _words(each.find("feedback")):
                self._note_feedback()
            answers.append(words)
        return answers

    def _note_feedback(self) -> None:
        message = N_("Nhận xét riêng cho từng đáp án không giữ được ở loại câu này.")
        self.parsed.note(line_of(self.element), self.label, "feedback.lost", message)

    def _short(self) -> Entry:
        answers = self._typed()
        if any("*" in answer for answer in answers):
            message = N_("Dấu * thay cho chữ bất kỳ trong đáp án không dùng được.")
            raise Unfit("wildcard", message)
        is_exact = _words(self.element.find("usecase")) == "1"
        match = "exact" if is_exact else "folded"
        return {"type": "short_text", "answers": answers, "match": match}

    def _numeric(self) -> Entry:
        answers = self._typed()
        if len(answers) != 1:
            raise Unfit("weights", N_("Câu hỏi số chỉ nhận một đáp án, đúng hẳn."))
        right = next(
            each
            for each in self.element.findall("answer")
            if building.decimal_of(each.get("fraction") or "0") == building.HUNDRED
        )
        tolerance = building.decimal_of(_words(right.find("tolerance")) or "0")
        unit = _words(self.element.find("units/unit/unit_name")) or None
        return building.numeric(building.decimal_of(answers[0]), tolerance, unit)

    def _matching(self) -> Entry:
        pairs, distractors = [], []
        for each in self.element.findall("subquestion"):
            left = self._text(each)
            right = to_markdown([_words(each.find("answer"))])
            if left:
                pairs.append({"left": left, "right": right})
            else:
                distractors.append(right)
        return {"type": "matching", "pairs": pairs, "distractors": distractors}

    def _essay(self) -> Entry:
        points = self._points()
        made = building.essay(points)
        words = _words(self.element.find("minwordlimit"))
        made["min_words"] = min(int(words), 5000) if words.isdecimal() and len(words) < 6 else 0
        message = N_("Bài tự luận của Moodle không có tiêu chí chấm; đã đặt một tiêu chí chung.")
        self.parsed.note(line_of(self.element), self.label, "essay.rubric", message)
        return made

    def _ordering(self) -> Entry:
        items = [(each.get("fraction") or "0", each) for each in self.element.findall("answer")]
        ordered = sorted(items, key=lambda item: building.decimal_of(item[0]))
        return {"type": "ordering", "items": [self._text(each) for _fraction, each in ordered]}

    def _cloze(self) -> Entry:
        source = self.element.find("questiontext/text")
        cloze = read_cloze(clean(source.text or "") if source is not None else "")
        files = {each.get("name") or "": each for each in self.element.findall("questiontext/file")}
        converted = convert(cloze.text, lambda address: self._picture(address, files))
        return {"type": "cloze", "stem": converted.markdown, "blanks": cloze.blanks}


def _unquoted(name: str) -> str:
    return (
        re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), name)
        .encode("latin-1", "replace")
        .decode("utf-8", "replace")
        if "%" in name
        else name
    )


def _embedded(file: etree._Element | None) -> bytes:
    if file is None or (file.get("encoding") or "base64") != "base64":
        return b""
    return _decoded(file.text or "")


def _decoded(text: str) -> bytes:
    if len(text) > MAX_FILE * 4 // 3:
        return b""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""

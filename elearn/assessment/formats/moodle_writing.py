"""Questions as Moodle XML, pictures included."""

import base64
import re
from collections.abc import Callable

from lxml import etree

from elearn.assessment.formats.building import percent_text, shares
from elearn.assessment.formats.cloze_text import write_cloze
from elearn.assessment.formats.gift_writing import NO_TYPE
from elearn.assessment.formats.markdown_html import to_html
from elearn.assessment.formats.neutral import Entry, Loss, Outgoing, Written
from elearn.assessment.formats.plain import from_markdown
from elearn.assessment.formats.tags import tag_names
from elearn.kernel.errors import N_

_KINDS = {
    "single_choice": "multichoice",
    "multiple_choice": "multichoice",
    "true_false": "truefalse",
    "short_text": "shortanswer",
    "numeric": "numerical",
    "matching": "matching",
    "essay": "essay",
    "cloze": "cloze",
    "ordering": "ordering",
}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write(outgoing: Outgoing) -> Written:
    """Return the questions as a Moodle XML file."""
    root = etree.Element("quiz")
    losses: list[Loss] = []
    for entry in outgoing.entries:
        name = str(entry.get("id"))
        if entry["type"] not in _KINDS:
            losses.append(Loss(name, NO_TYPE, {"type": entry["type"]}, is_whole=True))
            continue
        writer = _Writer(root, entry, outgoing.picture)
        writer.write()
        losses += [Loss(name, message) for message in writer.lost]
    content = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return Written(content, tuple(losses), len(root))


class _Writer:
    """Writes one question."""

    def __init__(
        self, root: etree._Element, entry: Entry, picture: Callable[[str], bytes | None]
    ) -> None:
        self.entry = entry
        self.picture = picture
        self.element = etree.SubElement(root, "question", type=_KINDS[entry["type"]])
        self.lost: list[str] = []

    def write(self) -> None:
        """Add all of it."""
        entry = self.entry
        self._text(self._plain("name"), str(entry["id"]))
        if entry["type"] == "cloze":
            self._gaps()
        else:
            self._rich("questiontext", entry["stem"])
        self._rich("generalfeedback", entry.get("explanation") or "")
        self._value("defaultgrade", str(entry.get("points", 1)))
        self._value("penalty", "0")
        self._value("hidden", "0")
        self._value("idnumber", str(entry["id"]))
        self._body()
        tags = self._plain("tags")
        for name in tag_names(entry):
            self._text(etree.SubElement(tags, "tag"), name)

    # ---- parts

    def _plain(self, name: str) -> etree._Element:
        return etree.SubElement(self.element, name)

    def _value(self, name: str, value: str) -> None:
        self._plain(name).text = _NO_XML.sub("", value)

    @staticmethod
    def _text(parent: etree._Element, words: str) -> None:
        etree.SubElement(parent, "text").text = _NO_XML.sub("", words)

    def _rich(
        self, name: str, markdown: str, parent: etree._Element | None = None
    ) -> etree._Element:
        """Add a text in HTML with the pictures that it shows."""
        element = etree.SubElement(self.element if parent is None else parent, name, format="html")
        self._fill(element, to_html(markdown, _address) if markdown else "")
        return element

    def _fill(self, element: etree._Element, html: str) -> None:
        self._text(element, html)
        for name in dict.fromkeys(re.findall(r'"@@PLUGINFILE@@/([^"]+)"', html)):
            content = self.picture(name)
            if content is None:
                self.lost.append(N_("Không tìm thấy hình trong kho."))
                continue
            file = etree.SubElement(element, "file", name=name, path="/", encoding="base64")
            file.text = base64.b64encode(content).decode()

    def _body(self) -> None:
        entry = self.entry
        match entry["type"]:
            case "single_choice" | "multiple_choice":
                self._options()
            case "true_false":
                self._truth()
            case "short_text":
                self._value("usecase", "1" if entry["match"] == "exact" else "0")
                for answer in entry["answers"]:
                    self._answer(answer, "100")
            case "numeric":
                self._answer(str(entry["answer"]), "100", tolerance=str(entry["tolerance"]))
            case "matching":
                self._matching()
            case "ordering":
                for number, item in enumerate(entry["items"], 1):
                    self._rich("answer", item).set("fraction", f"{number}.0000000")
            case "essay":
                self._value("responseformat", "editor")
                self._value("minwordlimit", str(entry["min_words"]))
                self.lost.append(N_("Moodle XML không chứa tiêu chí chấm bài tự luận."))
            case _:
                pass

    def _answer(self, words: str, fraction: str, tolerance: str | None = None) -> None:
        answer = etree.SubElement(
            self.element, "answer", fraction=fraction, format="moodle_auto_format"
        )
        self._text(answer, words)
        if tolerance is not None:
            etree.SubElement(answer, "tolerance").text = tolerance

    def _options(self) -> None:
        is_single = self.entry["type"] == "single_choice"
        self._value("single", "true" if is_single else "false")
        self._value("shuffleanswers", "true")
        self._value("answernumbering", "abc")
        for option, share in zip(self.entry["options"], shares(self.entry), strict=True):
            answer = self._rich("answer", option["text"])
            answer.set("fraction", percent_text(share))
            self._rich("feedback", option.get("feedback") or "", answer)

    def _truth(self) -> None:
        for value in (True, False):
            is_right = self.entry["answer"] is value
            self._answer("true" if value else "false", "100" if is_right else "0")

    def _matching(self) -> None:
        pairs = [(pair["left"], pair["right"]) for pair in self.entry["pairs"]]
        for left, right in [*pairs, *(("", text) for text in self.entry["distractors"])]:
            words = from_markdown(right)
            if not words.is_exact:
                self.lost.append(N_("Moodle chỉ nhận vế phải câu ghép đôi là chữ thường."))
            part = self._rich("subquestion", left)
            self._text(etree.SubElement(part, "answer"), " ".join(words.lines))

    def _gaps(self) -> None:
        element = etree.SubElement(self.element, "questiontext", format="html")
        html = to_html(self.entry["stem"], _address)
        self._fill(element, write_cloze(html, self.entry["blanks"]))


def _address(name: str) -> str:
    return f"@@PLUGINFILE@@/{name}"

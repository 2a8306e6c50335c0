"""A question as an item of QTI 2.1, 2.2 or 3.0."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree, html

from elearn.assessment.formats.markdown_html import to_html
from elearn.assessment.formats.neutral import Entry
from elearn.assessment.formats.tags import tag_names
from elearn.kernel.errors import N_

_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_GAPS = re.compile(r"\{\{(\d+)\}\}")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcd"
TYPES = frozenset(
    {"single_choice", "multiple_choice", "true_false", "matching", "ordering", "short_text"}
    | {"numeric", "cloze", "essay"}
)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of QTI: its namespace, the type of its items in a manifest, its templates."""

    namespace: str
    resource: str
    templates: str
    is_three: bool = False


SITE = "http://www.imsglobal.org"
VERSIONS = {
    "2.1": Version(
        f"{SITE}/xsd/imsqti_v2p1",
        "imsqti_item_xmlv2p1",
        f"{SITE}/question/qti_v2p1/rptemplates",
    ),
    "2.2": Version(
        f"{SITE}/xsd/imsqti_v2p2",
        "imsqti_item_xmlv2p2",
        f"{SITE}/question/qti_v2p2/rptemplates",
    ),
    "3.0": Version(
        f"{SITE}/xsd/imsqtiasi_v3p0",
        "imsqti_item_xmlv3p0",
        "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates",
        is_three=True,
    ),
}


class Item:
    """Writes one item."""

    def __init__(self, entry: Entry, version: Version) -> None:
        self.entry = entry
        self.version = version
        self.pictures: list[str] = []
        self.lost: list[str] = []
        label = "; ".join(tag_names(entry))
        self.root = self._element(
            None,
            "assessmentItem",
            identifier=str(entry["id"]),
            title=str(entry["id"]),
            adaptive="false",
            timeDependent="false",
            **({"label": label} if len(label) <= 256 else {}),
        )

    def content(self) -> bytes:
        """Return the item as XML."""
        entry = self.entry
        body = etree.Element(self._name("itemBody"))
        {
            "single_choice": self._choice,
            "multiple_choice": self._choice,
            "true_false": self._truth,
            "matching": self._matching,
            "ordering": self._ordering,
            "short_text": self._typed,
            "numeric": self._typed,
            "cloze": self._cloze,
            "essay": self._essay,
        }[entry["type"]](body)
        self._outcome("SCORE", "0")
        self._outcome("MAXSCORE", str(entry.get("points", 1)))
        if entry.get("explanation"):
            self._outcome("FEEDBACK", None)
        self.root.append(body)
        self._processing()
        if entry.get("explanation"):
            shown = {"outcomeIdentifier": "FEEDBACK", "identifier": "shown", "showHide": "show"}
            feedback = self._element(self.root, "modalFeedback", **shown)
            parent = feedback
            if self.version.is_three:
                parent = self._element(feedback, "contentBody")
            self._rich(parent, entry["explanation"])
        return etree.tostring(self.root, encoding="UTF-8", xml_declaration=True)

    # ---- elements

    def _name(self, name: str) -> str:
        if self.version.is_three:
            name = "qti-" + _CAMEL.sub(lambda match: f"-{match[1].lower()}", name)
        return f"{{{self.version.namespace}}}{name}"

    def _element(
        self, parent: etree._Element | None, name: str, **attributes: str
    ) -> etree._Element:
        if self.version.is_three:
            attributes = {
                _CAMEL.sub(lambda match: f"-{match[1].lower()}", key): value
                for key, value in attributes.items()
            }
        if parent is None:
            names: Any = {None: self.version.namespace}  # the stub knows no default namespace
            return etree.Element(self._name(name), attributes, nsmap=names)
        return etree.SubElement(parent, self._name(name), attributes)

    def _html(self, parent: etree._Element, name: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{self.version.namespace}}}{name}")

    def _rich(self, parent: etree._Element, markdown: str, *, inline: bool = False) -> None:
        """Add a Markdown text as XHTML."""
        source = to_html(markdown, self._address, inline=inline)
        self._add(parent, html.fragment_fromstring(_NO_XML.sub("", source), create_parent="div"))

    def _add(self, parent: etree._Element, source: html.HtmlElement) -> None:
        """Add the content of ``source`` to ``parent``, gaps filled with their interactions."""
        self._words(parent, source.text)
        for child in source:
            made = self._html(parent, str(child.tag))
            for key, value in child.attrib.items():
                if key in ("src", "alt", "href", "colspan", "rowspan", "data-citation"):
                    made.set(str(key), str(value))
            self._add(made, child)
            self._words(parent, child.tail)

    def _words(self, parent: etree._Element, text: str | None) -> None:
        start = 0
        for match in _GAPS.finditer(text or "") if self.entry["type"] == "cloze" else ():
            _append(parent, (text or "")[start : match.start()])
            self._gap(parent, int(match[1]))
            start = match.end()
        _append(parent, (text or "")[start:])

    def _address(self, name: str) -> str:
        self.pictures.append(name)
        return f"../images/{name}"

    def _stem(self, body: etree._Element) -> None:
        self._rich(body, self.entry["stem"])

    def _outcome(self, name: str, value: str | None) -> None:
        kind = "identifier" if value is None else "float"
        outcome = self._element(
            self.root, "outcomeDeclaration", identifier=name, cardinality="single", baseType=kind
        )
        if value is not None:
            default = self._element(outcome, "defaultValue")
            self._element(default, "value").text = value

    def _response(
        self, name: str, cardinality: str, base: str, correct: Iterable[str]
    ) -> etree._Element:
        response = self._element(
            self.root,
            "responseDeclaration",
            identifier=name,
            cardinality=cardinality,
            baseType=base,
        )
        right = self._element(response, "correctResponse")
        for value in correct:
            self._element(right, "value").text = value
        return response

    def _map(
        self, response: etree._Element, values: Iterable[tuple[str, Decimal]], **kwargs: str
    ) -> None:
        mapping = self._element(response, "mapping", defaultValue="0", **kwargs)
        for key, value in values:
            self._element(mapping, "mapEntry", mapKey=key, mappedValue=f"{value:f}")

    # ---- types

    def _choice(self, body: etree._Element) -> None:
        options = self.entry["options"]
        is_single = self.entry["type"] == "single_choice"
        names = _LETTERS[: len(options)]
        right = [name for name, each in zip(names, options, strict=True) if each["correct"]]
        cardinality = "single" if is_single else "multiple"
        response = self._response("RESPONSE", cardinality, "identifier", right)
        if self.entry.get("scoring") == "partial":
            one = Decimal(1)
            values = [
                (n, one if e["correct"] else -one) for n, e in zip(names, options, strict=True)
            ]
            self._map(response, values, lowerBound="0")
        self._stem(body)
        interaction = self._element(
            body,
            "choiceInteraction",
            responseIdentifier="RESPONSE",
            shuffle="true",
            maxChoices="1" if is_single else "0",
        )
        for name, option in zip(names, options, strict=True):
            choice = self._element(interaction, "simpleChoice", identifier=name)
            self._rich(choice, option["text"], inline=True)
            if option.get("feedback"):
                shown = {"outcomeIdentifier": "RESPONSE", "identifier": name, "showHide": "show"}
                feedback = self._element(choice, "feedbackInline", **shown)
                self._rich(feedback, option["feedback"], inline=True)

    def _truth(self, body: etree._Element) -> None:
        right = "true" if self.entry["answer"] else "false"
        self._response("RESPONSE", "single", "identifier", [right])
        self._stem(body)
        interaction = self._element(
            body,
            "choiceInteraction",
            responseIdentifier="RESPONSE",
            shuffle="false",
            maxChoices="1",
        )
        for name, words in (("true", "Đúng"), ("false", "Sai")):
            self._element(interaction, "simpleChoice", identifier=name).text = words

    def _matching(self, body: etree._Element) -> None:
        pairs = self.entry["pairs"]
        rights = [pair["right"] for pair in pairs] + self.entry["distractors"]
        correct = [f"L{number} R{number}" for number in range(1, len(pairs) + 1)]
        self._response("RESPONSE", "multiple", "directedPair", correct)
        self._stem(body)
        interaction = self._element(
            body,
            "matchInteraction",
            responseIdentifier="RESPONSE",
            shuffle="true",
            maxAssociations=str(len(pairs)),
        )
        for letter, texts in (("L", [pair["left"] for pair in pairs]), ("R", rights)):
            part = self._element(interaction, "simpleMatchSet")
            for number, text in enumerate(texts, 1):
                choice = self._element(
                    part, "simpleAssociableChoice", identifier=f"{letter}{number}", matchMax="1"
                )
                self._rich(choice, text, inline=True)

    def _ordering(self, body: etree._Element) -> None:
        names = [f"I{number}" for number in range(1, len(self.entry["items"]) + 1)]
        self._response("RESPONSE", "ordered", "identifier", names)
        self._stem(body)
        interaction = self._element(
            body, "orderInteraction", responseIdentifier="RESPONSE", shuffle="true"
        )
        for name, text in zip(names, self.entry["items"], strict=True):
            choice = self._element(interaction, "simpleChoice", identifier=name)
            self._rich(choice, text, inline=True)

    def _typed(self, body: etree._Element) -> None:
        if self.entry["type"] == "numeric":
            self._response("RESPONSE", "single", "float", [str(self.entry["answer"])])
        else:
            answers = self.entry["answers"]
            response = self._response("RESPONSE", "single", "string", answers[:1])
            self._map(response, [(answer, Decimal(1)) for answer in answers])
        self._stem(body)
        line = self._html(body, "div")
        self._element(line, "textEntryInteraction", responseIdentifier="RESPONSE")

    def _essay(self, body: etree._Element) -> None:
        self._element(
            self.root,
            "responseDeclaration",
            identifier="RESPONSE",
            cardinality="single",
            baseType="string",
        )
        self._stem(body)
        self._element(body, "extendedTextInteraction", responseIdentifier="RESPONSE")
        self.lost.append(N_("QTI không chứa tiêu chí chấm và số từ tối thiểu của bài tự luận."))

    def _cloze(self, body: etree._Element) -> None:
        for number, blank in enumerate(self.entry["blanks"], 1):
            name = f"GAP{number}"
            if blank.get("answers"):
                response = self._response(name, "single", "string", blank["answers"][:1])
                self._map(response, [(answer, Decimal(1)) for answer in blank["answers"]])
            else:
                right = [f"C{at}" for at, each in enumerate(blank["options"]) if each["correct"]]
                self._response(name, "single", "identifier", right)
        self._stem(body)

    def _gap(self, parent: etree._Element, number: int) -> None:
        blank = self.entry["blanks"][number - 1]
        name = f"GAP{number}"
        if blank.get("answers"):
            self._element(parent, "textEntryInteraction", responseIdentifier=name)
            return
        interaction = self._element(
            parent, "inlineChoiceInteraction", responseIdentifier=name, shuffle="true"
        )
        for at, option in enumerate(blank["options"]):
            self._element(interaction, "inlineChoice", identifier=f"C{at}").text = option["text"]

    def _processing(self) -> None:
        """Add how an answer is scored: by a template, or for a number within its tolerance."""
        kind = self.entry["type"]
        if kind == "essay":
            return
        if kind == "numeric":
            processing = self._element(self.root, "responseProcessing")
            condition = self._element(processing, "responseCondition")
            branch = self._element(condition, "responseIf")
            tolerance = str(self.entry["tolerance"])
            equal = self._element(
                branch, "equal", toleranceMode="absolute", tolerance=f"{tolerance} {tolerance}"
            )
            self._element(equal, "variable", identifier="RESPONSE")
            self._element(equal, "correct", identifier="RESPONSE")
            outcome = self._element(branch, "setOutcomeValue", identifier="SCORE")
            self._element(outcome, "variable", identifier="MAXSCORE")
            return
        is_mapped = kind in ("short_text", "cloze") or self.entry.get("scoring") == "partial"
        name = "map_response" if is_mapped else "match_correct"
        suffix = ".xml" if self.version.is_three else ""
        template = f"{self.version.templates}/{name}{suffix}"
        self._element(self.root, "responseProcessing", template=template)


def _append(parent: etree._Element, text: str) -> None:
    """Add words behind what ``parent`` holds already."""
    if not text:
        return
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text

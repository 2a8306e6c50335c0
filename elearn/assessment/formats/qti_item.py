"""One QTI item to an entry of a bank file; 3.0 is read by the names of 2.x."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from html import escape
from urllib.parse import unquote

from lxml import etree

from elearn.assessment.formats import building
from elearn.assessment.formats.building import Unfit, Weighed
from elearn.assessment.formats.docx_reading import picture_name
from elearn.assessment.formats.html_markdown import convert
from elearn.assessment.formats.neutral import Entry
from elearn.assessment.formats.tags import apply_tags, tags_of
from elearn.infra.xml_reading import line_of, local_name
from elearn.infra.zip_reading import Archive
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_KEBAB = re.compile(r"-([a-z0-9])")
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])")
_KEPT_ATTRIBUTES = ("alt", "href", "colspan", "rowspan", "data-citation", "start")
_UNSEEN = frozenset({"feedbackInline", "feedbackBlock", "rubricBlock", "templateInline"})
_GAPS = frozenset({"textEntryInteraction", "inlineChoiceInteraction"})
_VOID = frozenset({"br", "img", "hr", "col"})
Note = tuple[str, str, dict[str, object]]


def plain_name(element: etree._Element) -> str:
    """Return the name of ``element`` as QTI 2.x has it: qti-choice-interaction is no other."""
    name = local_name(element)
    if not name.startswith("qti-"):
        return name
    return _KEBAB.sub(lambda match: match[1].upper(), name.removeprefix("qti-"))


def attribute(element: etree._Element, name: str) -> str:
    """Return an attribute by its name in QTI 2.x, "" when there is none."""
    return element.get(name) or element.get(_CAMEL.sub(lambda m: f"-{m[1].lower()}", name)) or ""


def _all(element: etree._Element, *names: str) -> list[etree._Element]:
    return [each for each in element.iter() if plain_name(each) in names]


def _words(element: etree._Element) -> str:
    return " ".join(clean("".join(map(str, element.itertext()))).split())


@dataclass(slots=True)
class _Response:
    """What a response declaration says is right."""

    cardinality: str
    base: str
    correct: list[str]
    mapping: dict[str, Decimal] = field(default_factory=dict)


class Item:
    """Reads one item; ``archive`` is the package that holds it under ``name``, if any."""

    def __init__(self, root: etree._Element, name: str, archive: Archive | None) -> None:
        self.root = root
        self.name = name
        self.archive = archive
        self.line = line_of(root)
        self.identifier = attribute(root, "identifier")[:64]
        self.wished_id = self.identifier if _ID.fullmatch(self.identifier) else None
        self.pictures: dict[str, bytes] = {}
        self.notes: list[Note] = []
        self.gaps: list[Entry] = []

    def read(self) -> Entry:
        """Return the question. Raises Unfit, Invalid."""
        bodies = _all(self.root, "itemBody")
        if not bodies:
            raise Unfit("qti.body", N_("Câu hỏi QTI không có phần itemBody."))
        self.responses = dict(self._responses())
        interactions = [
            each for each in bodies[0].iter() if plain_name(each).endswith("Interaction")
        ]
        body = self._body(bodies[0], interactions)
        stem = body.pop("stem", None) or self._markdown(bodies[0])
        prompts = [self._markdown(each) for each in _all(bodies[0], "prompt")]
        data: Entry = {"stem": "\n\n".join(text for text in [stem, *prompts] if text), **body}
        feedback = [self._markdown(each) for each in _all(self.root, "modalFeedback")]
        if any(feedback):
            data["explanation"] = "\n\n".join(text for text in feedback if text)
        data["points"] = self._points()
        tags = tags_of(attribute(self.root, "label").split("; "))
        return apply_tags(data, tags)

    def _note(self, code: str, message: str, **params: object) -> None:
        if all(code != note[0] for note in self.notes):
            self.notes.append((code, message, params))

    def _responses(self) -> list[tuple[str, _Response]]:
        found = []
        for each in _all(self.root, "responseDeclaration"):
            correct = [
                _words(value)
                for part in _all(each, "correctResponse")
                for value in _all(part, "value")
            ]
            mapping = {
                attribute(entry, "mapKey"): building.decimal_of(attribute(entry, "mappedValue"))
                for entry in _all(each, "mapEntry")
            }
            cardinality, base = attribute(each, "cardinality"), attribute(each, "baseType")
            response = _Response(cardinality, base, correct, mapping)
            found.append((attribute(each, "identifier"), response))
        return found

    def _points(self) -> str:
        for each in _all(self.root, "outcomeDeclaration"):
            if attribute(each, "identifier") == "MAXSCORE":
                values = [_words(value) for value in _all(each, "value")]
                number = building.decimal_of(values[0]) if values else Decimal(1)
                return format(number.normalize(), "f") if number > 0 else "1"
        return "1"

    # ---- texts

    def _markdown(self, element: etree._Element) -> str:
        """Return the content of ``element`` as Markdown, without interactions and feedback."""
        converted = convert(self._html(element), self._picture)
        for lost in converted.lost:
            message = N_("Không giữ được phần <%(tag)s> của văn bản.")
            self._note("html.lost", message, tag=lost)
        return converted.markdown

    def _html(
        self, element: etree._Element, gap: Callable[[etree._Element], str] | None = None
    ) -> str:
        pieces = [escape(element.text or "")]
        for child in element:
            name = plain_name(child)
            if name in _GAPS and gap is not None:
                pieces.append(gap(child))
            elif not (name.endswith("Interaction") or name in _UNSEEN or name == "prompt"):
                pieces.append(self._tag(child, name, gap))
            pieces.append(escape(child.tail or ""))
        return "".join(pieces)

    def _tag(
        self, element: etree._Element, name: str, gap: Callable[[etree._Element], str] | None
    ) -> str:
        kept = {key: element.get(key) for key in _KEPT_ATTRIBUTES if element.get(key)}
        if name in ("img", "object"):
            kept["src"] = element.get("src") or element.get("data")
            kept.setdefault("alt", _words(element))
            name = "img"
        attributes = "".join(f' {key}="{escape(value or "")}"' for key, value in kept.items())
        if not name.islower():
            name = "div"  # a wrapper of QTI, such as contentBody
        if name in _VOID:
            return f"<{name}{attributes}>"
        return f"<{name}{attributes}>{self._html(element, gap)}</{name}>"

    def _picture(self, address: str) -> str | None:
        """Return the name of the picture at ``address`` in the package, None when it is not."""
        if self.archive is None or ":" in address:
            return None
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.name), unquote(address)))
        content = self.archive.read(path)
        if not content:
            return None
        name = picture_name(path, content)
        self.pictures[name] = content
        return name

    # ---- types

    def _body(self, body: etree._Element, interactions: list[etree._Element]) -> Entry:
        names = {plain_name(each) for each in interactions}
        if not interactions:
            raise Unfit("qti.interaction", N_("Câu hỏi QTI không có phần trả lời."))
        if names <= _GAPS and not self._is_alone(interactions):
            return self._cloze(body)
        if len(interactions) > 1:
            raise Unfit("qti.several", N_("Câu hỏi QTI có nhiều phần trả lời, chưa nhập được."))
        readers: dict[str, Callable[[etree._Element], Entry]] = {
            "choiceInteraction": self._choice,
            "textEntryInteraction": self._typed,
            "extendedTextInteraction": self._essay,
            "matchInteraction": self._matching,
            "orderInteraction": self._ordering,
        }
        (name,) = names
        if name not in readers:
            message = N_("Loại câu hỏi “%(type)s” của QTI không có trong hệ thống.")
            raise Unfit("qti.type", message, type=name[:40])
        return readers[name](interactions[0])

    @staticmethod
    def _is_alone(interactions: list[etree._Element]) -> bool:
        """Whether the one gap stands in a paragraph of its own: a question, not a gap."""
        if len(interactions) != 1 or plain_name(interactions[0]) != "textEntryInteraction":
            return False
        parent = interactions[0].getparent()
        return parent is None or not _words(parent) or plain_name(parent) == "itemBody"

    def _response(self, interaction: etree._Element) -> _Response:
        response = self.responses.get(attribute(interaction, "responseIdentifier"))
        if response is None:
            raise Unfit("qti.response", N_("Thiếu phần khai báo đáp án (responseDeclaration)."))
        return response

    def _choice(self, interaction: etree._Element) -> Entry:
        response = self._response(interaction)
        choices = _all(interaction, "simpleChoice")
        names = [attribute(each, "identifier") for each in choices]
        if {name.lower() for name in names} == {"true", "false"} and response.correct:
            return {"type": "true_false", "answer": response.correct[0].lower() == "true"}
        is_single = response.cardinality == "single"
        percents = self._percents(response, names, is_single=is_single)
        options = [
            Weighed(self._markdown(each), percent, self._feedback(each))
            for each, percent in zip(choices, percents, strict=True)
        ]
        made = building.weighed_choice(options, is_single=is_single)
        if made["type"] == "multiple_choice" and not response.mapping:
            made["scoring"] = "all_or_nothing"
        return made

    def _percents(self, response: _Response, names: list[str], *, is_single: bool) -> list[Decimal]:
        """Return the percentage that each choice is worth."""
        uses_mapping = bool(response.mapping) and (
            not response.correct or "map_response" in self._processing()
        )
        if not uses_mapping:
            response.mapping = {}
            right = [name for name in names if name in response.correct]
            share = building.HUNDRED / max(len(right), 1)
            wrong = Decimal(0) if is_single else -building.HUNDRED
            return [share if name in right else wrong for name in names]
        total = sum((value for value in response.mapping.values() if value > 0), Decimal(0))
        if not total:
            raise Unfit("key.missing", N_("Không có phương án nào được đánh dấu đúng."))
        values = [response.mapping.get(name, Decimal(0)) for name in names]
        return [value / total * building.HUNDRED for value in values]

    def _processing(self) -> str:
        """Return the name of the template by which answers are scored, or of what it does."""
        names = [attribute(each, "template") for each in _all(self.root, "responseProcessing")]
        uses_map = bool(_all(self.root, "mapResponse"))
        return " ".join([*names, "map_response" if uses_map else ""])

    def _feedback(self, choice: etree._Element) -> str | None:
        texts = [self._markdown(each) for each in _all(choice, "feedbackInline")]
        return "\n\n".join(text for text in texts if text) or None

    def _typed(self, interaction: etree._Element) -> Entry:
        response = self._response(interaction)
        if response.base in ("float", "integer"):
            if len(response.correct) != 1:
                raise Unfit("weights", N_("Câu hỏi số chỉ nhận một đáp án, đúng hẳn."))
            answer = building.decimal_of(response.correct[0])
            return building.numeric(answer, self._tolerance())
        return {"type": "short_text", "answers": _accepted(response), "match": "folded"}

    def _tolerance(self) -> Decimal:
        for each in _all(self.root, "equal"):
            parts = attribute(each, "tolerance").split()
            if parts and attribute(each, "toleranceMode") == "absolute":
                return max(building.decimal_of(part) for part in parts)
            if parts and attribute(each, "toleranceMode") == "relative":
                raise Unfit("qti.tolerance", N_("Sai số theo phần trăm không có trong hệ thống."))
        return Decimal(0)

    def _essay(self, interaction: etree._Element) -> Entry:
        del interaction
        self._note("essay.rubric", N_("Bài tự luận không có tiêu chí chấm; đã đặt một tiêu chí."))
        return building.essay(self._points())

    def _matching(self, interaction: etree._Element) -> Entry:
        sets = _all(interaction, "simpleMatchSet")
        if len(sets) != 2:
            raise Unfit("qti.match", N_("Câu ghép đôi QTI phải có hai nhóm."))
        texts = [
            {
                attribute(each, "identifier"): self._markdown(each)
                for each in _all(part, "simpleAssociableChoice")
            }
            for part in sets
        ]
        pairs = [value.split() for value in self._response(interaction).correct]
        if any(
            len(pair) != 2 or pair[0] not in texts[0] or pair[1] not in texts[1] for pair in pairs
        ):
            raise Unfit("qti.match", N_("Cặp ghép QTI chỉ đến mục không có."))
        if len({pair[0] for pair in pairs}) != len(pairs) or len(pairs) != len(texts[0]):
            raise Unfit("qti.match", N_("Mỗi mục bên trái phải ghép với đúng một mục bên phải."))
        right = {pair[1] for pair in pairs}
        order = list(texts[0])
        pairs.sort(key=lambda pair: order.index(pair[0]))
        return {
            "type": "matching",
            "pairs": [{"left": texts[0][a], "right": texts[1][b]} for a, b in pairs],
            "distractors": [text for name, text in texts[1].items() if name not in right],
        }

    def _ordering(self, interaction: etree._Element) -> Entry:
        choices = {
            attribute(each, "identifier"): self._markdown(each)
            for each in _all(interaction, "simpleChoice")
        }
        order = self._response(interaction).correct
        if sorted(order) != sorted(choices):
            raise Unfit("qti.order", N_("Thứ tự đúng của câu sắp xếp QTI không đủ các mục."))
        return {"type": "ordering", "items": [choices[name] for name in order]}

    def _cloze(self, body: etree._Element) -> Entry:
        converted = convert(self._html(body, self._gap), self._picture)
        return {"type": "cloze", "stem": converted.markdown, "blanks": self.gaps}

    def _gap(self, interaction: etree._Element) -> str:
        response = self._response(interaction)
        if plain_name(interaction) == "inlineChoiceInteraction":
            options = [
                {"text": _words(each), "correct": attribute(each, "identifier") in response.correct}
                for each in _all(interaction, "inlineChoice")
            ]
            self.gaps.append({"options": options})
        else:
            self.gaps.append({"answers": _accepted(response)})
        return f"{{{{{len(self.gaps)}}}}}"


def _accepted(response: _Response) -> list[str]:
    """Return the words that are fully right. Raises Unfit when others are right in part."""
    if not response.mapping:
        return list(dict.fromkeys(response.correct))
    full = max(response.mapping.values())
    if any(0 < value < full for value in response.mapping.values()):
        message = N_("Đáp án ngắn chỉ được đúng hẳn, không được đúng một phần.")
        raise Unfit("weights", message)
    right = [" ".join(word.split()) for word, value in response.mapping.items() if value == full]
    if full <= 0 or not right:
        raise Invalid("key.missing", N_("Không tìm thấy đáp án của câu này."))
    return list(dict.fromkeys([*response.correct, *right]))

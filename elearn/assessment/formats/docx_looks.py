"""How runs of a Word document look: styles and what is set on the run itself."""

from lxml import etree

from elearn.assessment.formats.docx_numbering import W, value_of
from elearn.assessment.formats.layout_lines import BOLD, ITALIC, PLAIN, SUB, SUP, Marks

_OFF = frozenset({"0", "false", "off", "none"})
_BLACK = frozenset(
    {"", "AUTO", "000000", "0D0D0D", "1A1A1A", "111111", "202020", "212121", "222222"}
)
_NO_FILL = frozenset({"", "auto", "FFFFFF", "none", "clear"})
MAX_STYLES = 2_000
_PROPERTIES, _VALUE = f"{W}rPr", f"{W}val"
_SWITCHES = {"b": BOLD, "i": ITALIC, "u": "underline"}
_KINDS = {f"{W}{name}": name for name in ("b", "i", "u", "color", "highlight", "shd", "vertAlign")}


class Looks:
    """Resolves the look of a run from its styles and its own properties."""

    def __init__(self, styles: etree._Element | None) -> None:
        self._styles: dict[str, etree._Element] = {}
        self._known: dict[str, Marks] = {}
        self._numbered: dict[str, etree._Element | None] = {}
        self._default = ""
        if styles is not None:
            for style in list(styles.iterchildren(f"{W}style"))[:MAX_STYLES]:
                name = style.get(f"{W}styleId", "")
                self._styles[name] = style
                is_default = style.get(f"{W}default") in ("1", "true")
                if is_default and style.get(f"{W}type") == "paragraph":
                    self._default = name

    def numbered_by(self, name: str | None) -> etree._Element | None:
        """Return the numbering that the paragraph style ``name`` brings, None for none."""
        key = name or self._default
        if key not in self._numbered:
            found = (style.find(f"{W}pPr/{W}numPr") for style in self._chain(key))
            self._numbered[key] = next((each for each in found if each is not None), None)
        return self._numbered[key]

    def _chain(self, name: str) -> list[etree._Element]:
        """Return the style with those it is based on, itself first."""
        chain: list[etree._Element] = []
        while name in self._styles and len(chain) < 20:
            style = self._styles[name]
            if style in chain:
                break
            chain.append(style)
            name = value_of(style, "basedOn") or ""
        return chain

    def of_style(self, name: str | None, inherited: Marks = PLAIN) -> Marks:
        """Return the look that the style ``name`` gives to text that looked like ``inherited``."""
        key = name or self._default
        if inherited == PLAIN and key in self._known:
            return self._known[key]
        look = inherited
        for style in reversed(self._chain(key)):
            look = changed(look, style.find(f"{W}rPr"))
        if inherited == PLAIN:
            self._known[key] = look
        return look

    def of_run(self, run: etree._Element, paragraph: Marks) -> Marks:
        """Return the look of ``run`` in a paragraph whose style gives ``paragraph``."""
        properties = next(run.iterchildren(_PROPERTIES), None)
        if properties is None or len(properties) == 0:
            return paragraph
        style = value_of(properties, "rStyle")
        return changed(self.of_style(style, paragraph) if style else paragraph, properties)


def changed(look: Marks, properties: etree._Element | None) -> Marks:
    """Return ``look`` with what ``properties`` (w:rPr) turn on and off."""
    if properties is None:
        return look
    marks = set(look)
    for child in properties:
        value = child.get(_VALUE, "")
        match kind := _KINDS.get(str(child.tag)):
            case "b" | "i" | "u":
                _turn(marks, _SWITCHES[kind], is_on=value not in _OFF)
            case "color":
                _colour(marks, "colour", "" if value.upper() in _BLACK else value)
            case "highlight":
                _colour(marks, "highlight", "" if value in _NO_FILL else value)
            case "shd":
                fill = child.get(f"{W}fill", "")
                _colour(marks, "highlight", "" if fill in _NO_FILL else fill)
            case "vertAlign":
                _turn(marks, SUB, is_on=value == "subscript")
                _turn(marks, SUP, is_on=value == "superscript")
            case _:
                pass
    return frozenset(marks)


def _turn(marks: set[str], name: str, *, is_on: bool) -> None:
    marks.add(name) if is_on else marks.discard(name)


def _colour(marks: set[str], kind: str, value: str) -> None:
    marks -= {mark for mark in marks if mark.startswith(f"{kind}:")}
    if value:
        marks.add(f"{kind}:{value[:20]}")

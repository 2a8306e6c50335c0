"""QTI 2.1, 2.2 and 3.0: items alone or in a package, of the types that we have."""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from lxml import etree

from elearn.assessment.formats.building import Unfit
from elearn.assessment.formats.neutral import Found, Parsed
from elearn.assessment.formats.qti_item import Item, attribute, plain_name
from elearn.assessment.formats.qti_package import write, write_as
from elearn.infra.xml_reading import parse_xml
from elearn.infra.zip_reading import Archive
from elearn.kernel.errors import N_, Invalid

__all__ = ["read", "write", "write_as"]

_MANIFEST = "imsmanifest.xml"


def read(content: bytes) -> Parsed:
    """Return the items of an .xml or of a package. Raises Invalid for a damaged file."""
    parsed = Parsed()
    if not content.startswith(b"PK"):
        _read_item(parsed, parse_xml(content.lstrip()), "", None)
        return parsed
    archive = Archive(content)
    for name in _item_names(archive):
        try:
            root = parse_xml(archive.read(name))
        except Invalid as error:
            params = {"file": name[:80], "problem": error.text()}
            parsed.refuse(None, name[:80], error.code, "%(file)s: %(problem)s", **params)
            continue
        if plain_name(root) == "assessmentItem":
            _read_item(parsed, root, name, archive)
    return parsed


def _item_names(archive: Archive) -> Iterator[str]:
    """Yield the XML parts, those of the manifest first and in its order."""
    listed: list[str] = []
    if _MANIFEST in archive.names:
        for element in parse_xml(archive.read(_MANIFEST)).iter():
            if plain_name(element) == "resource":
                name = posixpath.normpath(unquote(attribute(element, "href")))
                if name in archive.names and name not in listed:
                    listed.append(name)
    yield from (name for name in listed if name.lower().endswith(".xml"))
    for name in sorted(archive.names - set(listed) - {_MANIFEST}):
        if name.lower().endswith(".xml"):
            yield name


def _read_item(parsed: Parsed, root: etree._Element, name: str, archive: Archive | None) -> None:
    number = str(len({trouble.question for trouble in parsed.troubles}) + len(parsed.questions) + 1)
    if plain_name(root) != "assessmentItem":
        message = N_("Tệp không phải câu hỏi QTI: thẻ ngoài cùng phải là assessmentItem.")
        raise Invalid("qti.root", message)
    item = Item(root, name, archive)
    label = item.identifier or number
    try:
        data = item.read()
    except (Unfit, Invalid) as error:
        text = error.message % error.params if error.params else error.message
        place = f"{name}: " if name else ""
        parsed.refuse(item.line, label, error.code, "%(text)s", text=f"{place}{text}")
        return
    for code, message, params in item.notes:
        parsed.note(item.line, label, code, message, **params)
    parsed.questions.append(
        Found(item.line, label, data, wished_id=item.wished_id, pictures=item.pictures)
    )

"""The formats that questions come in and go out in; each is loaded when it is used.

The web process knows the names and nothing more: what reads documents and XML is heavy.
"""

import importlib
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Protocol, cast

from elearn.assessment.formats.neutral import Outgoing, Parsed, Written
from elearn.kernel.errors import N_, Invalid

MAX_BYTES = 32 * 1024 * 1024
AUTO = "auto"


class Codec(Protocol):
    """What the module of a format offers."""

    def read(self, content: bytes) -> Parsed:
        """Return what a file holds. Raises Invalid for what is no file of the format."""

    def write(self, outgoing: Outgoing) -> Written:
        """Return a file with the questions, and what it could not hold."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name; ``suffix`` begins with a dot."""

    name: str
    title: str
    suffix: str
    content_type: str
    module: str


_HERE = "elearn.assessment.formats"
_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("yaml", "YAML", ".yaml", "application/yaml", f"{_HERE}.yaml_format"),
        Format(
            "xlsx",
            "Excel (.xlsx)",
            ".xlsx",
            f"{_OFFICE}.spreadsheetml.sheet",
            f"{_HERE}.xlsx_format",
        ),
        Format(
            "docx",
            "Word (.docx)",
            ".docx",
            f"{_OFFICE}.wordprocessingml.document",
            f"{_HERE}.docx_format",
        ),
        Format("text", N_("Văn bản thuần"), ".txt", "text/plain", f"{_HERE}.text_format"),
        Format("gift", "GIFT (Moodle)", ".gift.txt", "text/plain", f"{_HERE}.gift_format"),
        Format("aiken", "Aiken", ".aiken.txt", "text/plain", f"{_HERE}.aiken_format"),
        Format("moodle-xml", "Moodle XML", ".xml", "application/xml", f"{_HERE}.moodle_format"),
        Format("qti", "QTI 2.2", ".zip", "application/zip", f"{_HERE}.qti_format"),
        Format("qti-2.1", "QTI 2.1", ".zip", "application/zip", f"{_HERE}.qti21_format"),
        Format("qti-3.0", "QTI 3.0", ".zip", "application/zip", f"{_HERE}.qti3_format"),
    )
}


def format_of(name: str) -> Format:
    """Return the format called ``name``. Raises Invalid."""
    if (found := FORMATS.get(name)) is None:
        raise Invalid("format.unknown", N_("Không có định dạng “%(name)s”."), name=name)
    return found


def codec_of(name: str) -> Codec:
    """Return what reads and writes the format ``name``, loaded now. Raises Invalid."""
    return cast("Codec", importlib.import_module(format_of(name).module))


def read(content: bytes, name: str = AUTO, file_name: str = "") -> Parsed:
    """Return the questions of a file; with ``auto`` its format is found out first.

    Raises Invalid when the file as a whole cannot be read.
    """
    if len(content) > MAX_BYTES:
        raise Invalid(
            "file.too_large", N_("Tệp lớn hơn %(limit)d MB."), limit=MAX_BYTES // 1024 // 1024
        )
    if not content.strip():
        raise Invalid("file.empty", N_("Tệp trống."))
    return codec_of(detect(content, file_name) if name == AUTO else name).read(content)


_ARCHIVES = (("word/", "docx"), ("xl/", "xlsx"), ("imsmanifest.xml", "qti"))
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", N_("Tệp Word hoặc Excel kiểu cũ (.doc, .xls): hãy lưu lại dạng mới.")),
    (b"{\\rtf", N_("Tệp RTF: hãy mở bằng Word và lưu lại dạng .docx.")),
    (b"%PDF", N_("Tệp PDF không nhập được câu hỏi. Hãy dùng tệp Word, Excel hoặc văn bản.")),
)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)[\s/>]")
_XML_ROOTS = {
    "quiz": "moodle-xml",
    "assessmentItem": "qti",
    "qti-assessment-item": "qti",
    "assessmentTest": "qti",
    "qti-assessment-test": "qti",
    "manifest": "qti",
}
_YAML = re.compile(rb"^\s*questions\s*:", re.MULTILINE)
_AIKEN = re.compile(rb"^ANSWER:\s*[A-Z]\s*$", re.MULTILINE)
_GIFT = re.compile(rb"^\s*::|\{\s*(?:[=~#]|T\b|F\b|TRUE\b|FALSE\b|\})|^\$CATEGORY:", re.MULTILINE)
_LABELLED = re.compile(rb"^\s*C\S{1,6}u\s*\d+\s*[.:)(]", re.MULTILINE | re.IGNORECASE)


def detect(content: bytes, file_name: str = "") -> str:
    """Return the name of the format that ``content`` seems to have.

    Raises Invalid for what is certainly none of them.
    """
    for magic, message in _FOREIGN:
        if content.startswith(magic):
            raise Invalid("file.kind", message)
    if content.startswith(b"PK"):
        return _archive_kind(content)
    start = content[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if start.startswith(b"<") and (kind := _xml_kind(start)):
        return kind
    return _text_kind(content.replace(b"\x00", b""), file_name.lower())


def _archive_kind(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise Invalid("file.damaged", N_("Tệp nén bị hỏng, không mở được.")) from error
    for part, kind in _ARCHIVES:
        if any(name.startswith(part) for name in names):
            return kind
    if any(name.lower().endswith(".xml") for name in names):
        return "qti"
    raise Invalid("file.kind", N_("Tệp nén này không phải Word, Excel hay gói QTI."))


def _xml_kind(start: bytes) -> str | None:
    for name in _ROOT.findall(re.sub(rb"<[?!][^>]*>", b"", start)):
        return _XML_ROOTS.get(name.decode("ascii", "replace"))
    return None


def _text_kind(content: bytes, file_name: str) -> str:
    if file_name.endswith((".yaml", ".yml")) or _YAML.search(content[:65536]):
        return "yaml"
    if file_name.endswith((".gift", ".gift.txt")):
        return "gift"
    if _LABELLED.search(content):
        return "text"
    if _AIKEN.search(content):
        return "aiken"
    return "gift" if _GIFT.search(content) else "text"

"""Files that nobody meant to be read: every importer refuses them or reads them, and that soon.

``ELEARN_FUZZ=10000`` sets how many inputs each importer gets; the suite runs fewer.
"""

import io
import os
import random
import re
import signal
import string
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from elearn.assessment.formats import catalogue
from elearn.assessment.formats.checking import check_all
from elearn.assessment.formats.docx_sample import sample
from elearn.assessment.formats.neutral import Defaults, Outgoing
from elearn.assessment.formats.xlsx_writing import template
from elearn.authoring.imports.plan import Bank, make_plan
from elearn.kernel.errors import Invalid

COUNT = int(os.environ.get("ELEARN_FUZZ", "120"))
SECONDS = 5
_WEIGHTY = re.compile(r"document\.xml$|styles|numbering|sheet|sharedStrings|items/|manifest")
TEXTS = [
    "=> -> | * # {} {{1}} {{9}} <b> </p> ![x](media/a.png) [@A:1] &amp; &#0; \\ ` ~ ____",
    "Câu 1:", "Cau 99999.", "A. ", "*B) ", "Đáp án: ", "HẾT", "ĐÁP ÁN\n1-A 2-B", "Phần 1",
    "Lời giải:", "Điểm: 1e999999", "Sai số: -1", "::x::", "[html]", "{=a ~%50%b}", "####",
    "$CATEGORY:",
    "{#1..2:3}", "ANSWER: Z", "questions:\n", "- id: ", "&a *a", "!!python/object", "9" * 400,
    "\x00\x01\x1b", "\u202e\ufeff\ufffc\ue003", "\ud7ff\U0001f600", "e\u0323\u0302",
    " " * 300, "\t\t\t",
    "<" * 50, "[" * 200, "(" * 200, "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "]]>", "<![CDATA[",
    "-" * 300, "1-A " * 200, "a b c d e f g h i j " * 30, "Infinity", "NaN", "1e400", "-0",
]  # fmt: skip
_RIGHT, _WRONG = {"text": "A & B", "correct": True}, {"text": "x < y", "correct": False}
_PAIRS = [{"left": "a", "right": "b"}, {"left": "c", "right": "d"}]
_BODIES = [
    {"type": "single_choice", "stem": "Hỏi *gì*?", "options": [_RIGHT, _WRONG]},
    {"type": "multiple_choice", "stem": "H<sub>2</sub>O", "scoring": "partial"}
    | {"options": [_RIGHT, _WRONG, {"text": "C", "correct": True, "feedback": "Đúng."}]},
    {"type": "true_false", "stem": "Đúng?", "answer": True},
    {"type": "short_text", "stem": "Tên?", "answers": ["Đà Nẵng", "DN"], "match": "folded"},
    {"type": "numeric", "stem": "Mấy?", "answer": "1.5", "tolerance": "0.1", "unit": "%"},
    {"type": "matching", "stem": "Ghép", "pairs": _PAIRS, "distractors": ["e"]},
    {"type": "ordering", "stem": "Xếp", "items": ["một", "hai", "ba"]},
    {"type": "cloze", "stem": "X {{1}}, {{2}}", "blanks": [{"answers": ["a"]}]},
    {"type": "essay", "stem": "Viết", "rubric": [{"criterion": "Đủ", "points": "1"}]},
]
_BODIES[7]["blanks"] = [{"answers": ["a"]}, {"options": [_RIGHT, _WRONG]}]
_BODIES[8]["min_words"] = 5
_HEADER = {"level": "APPLY", "lesson": "l1", "area": None, "skills": ["S1"], "facts": []}
_HEADER |= {"citations": ["76-NQ:D1"], "explanation": "Vì **thế**.", "points": "1"}
ENTRIES = [{"id": f"m1-{at:03d}", **_HEADER, **body} for at, body in enumerate(_BODIES, 1)]


def seeds(name: str) -> list[bytes]:
    """Return sound files of the format."""
    made = catalogue.codec_of(name).write(Outgoing([dict(entry) for entry in ENTRIES])).content
    if name == "qti":
        return [made, _unpacked(made)]
    return [made, *{"docx": [sample()], "xlsx": [template()]}.get(name, [])]


def _unpacked(package: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        name = next(each for each in archive.namelist() if each.startswith("items/"))
        return archive.read(name)


def mutated(rng: random.Random, seed: bytes) -> bytes:
    """Return ``seed`` changed a little, inside its parts when it is an archive."""
    if rng.random() < 0.05:
        return rng.randbytes(rng.randint(1, 2_000))
    if seed.startswith(b"PK") and rng.random() < 0.85:
        return _repacked(rng, seed)
    return _changed(rng, seed)


def _repacked(rng: random.Random, seed: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(seed)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(rng.randint(1, 3)):
        # The parts that are read count more than themes and properties.
        names = [name for name in parts if rng.random() < 0.3 or _WEIGHTY.search(name)]
        name = rng.choice(names)
        parts[name] = _changed(rng, parts[name])
    if rng.random() < 0.1:
        del parts[rng.choice(list(parts))]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def _changed(rng: random.Random, content: bytes) -> bytes:
    data = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data) + 1)
        to = min(len(data), at + rng.randint(1, 40))
        match rng.randrange(7):
            case 0 if at < len(data):
                data[at] = rng.randrange(256)
            case 1:
                del data[at:to]
            case 2:
                data[at:at] = data[at:to] * rng.randint(1, 20)
            case 3 | 4:
                data[at:at] = rng.choice(TEXTS).encode("utf-8", "surrogatepass")
            case 5:
                other = rng.randrange(len(data) + 1)
                data[at:at] = data[other : other + rng.randint(1, 200)]
            case _:
                data[at:to] = rng.choice(string.printable).encode() * rng.randint(1, 30)
    return bytes(data)


class _TooSlow(Exception):
    pass


@contextmanager
def _within(seconds: int) -> Iterator[None]:
    def stop(_number: int, _frame: object) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def take(content: bytes, name: str) -> None:
    """Read a file as an import does; only our own refusals may come out."""
    try:
        with _within(SECONDS):
            reading = check_all(catalogue.read(content, name), "m1", Defaults())
            plan = make_plan(reading, Bank("m1", {}, {}))
            for trouble in plan.troubles:
                trouble.text()
    except Invalid as error:
        error.text()


@pytest.mark.parametrize("name", [*(n for n in catalogue.FORMATS if not n.startswith("qti-"))])
def test_no_file_breaks_an_importer(name: str) -> None:
    rng = random.Random(f"{name} {COUNT}")  # noqa: S311 - a seed, not a secret
    sound = seeds(name)
    for number in range(COUNT):
        content = mutated(rng, rng.choice(sound))
        kind = catalogue.AUTO if rng.random() < 0.1 else name
        try:
            take(content, kind)
        except BaseException as error:
            raise AssertionError(f"{kind} input {number}: {content[:4_000]!r}") from error

"""What a Markdown text refers to and what is wrong with it, line by line, without rendering it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from elearn.infra.richtext_syntax import (
    CALLOUTS,
    CHECK_CODE,
    CITATION,
    CITED,
    MARKER,
    PICTURE,
    TAGS,
)


class Kind(StrEnum):
    """What a finding is."""

    CITATION = "citation"
    PICTURE = "picture"
    CHECK = "check"
    PROBLEM = "problem"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something on ``line`` (from 1). ``value``: ``CODE:CLAUSE``, a file name, a question code,
    or for PROBLEM and NOTE the Vietnamese sentence."""

    kind: Kind
    line: int
    value: str


_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^\s)>]*)")
_ANY_CITATION = re.compile(r"\[@[^\]]*\]?")
_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9-]*)(?=[\s/>])")
_NOTE_USE = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_NOTE_DEFINITION = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:")


def scan(markdown: str) -> list[Finding]:
    """Return what ``markdown`` refers to and its problems, in order of lines."""
    lines = list(_outside_code(markdown))
    findings = [finding for number, line in lines for finding in _in_line(number, line)]
    findings += [*_callout_problems(lines), *_footnote_problems(lines)]
    return sorted(findings, key=lambda finding: finding.line)


def _outside_code(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield (number, line) of the lines outside fenced code, code spans blanked."""
    fence = ""
    for number, line in enumerate(markdown.split("\n"), 1):
        match = _FENCE.match(line)
        if fence:
            if match and match.group(1).startswith(fence) and line.strip() == match.group(1):
                fence = ""
        elif match:
            fence = match.group(1)
        else:
            yield number, _CODE_SPAN.sub("", line)


def _problem(line: int, text: str) -> Finding:
    return Finding(Kind.PROBLEM, line, text)


def _in_line(number: int, line: str) -> Iterator[Finding]:
    for text in _ANY_CITATION.findall(line):
        match = CITATION.fullmatch(text)
        if match:
            reference = match.group(1) + (f":{match.group(2)}" if match.group(2) else "")
            yield Finding(Kind.CITATION, number, reference)
        else:
            yield _problem(number, f"trích dẫn viết sai: “{text}”; dạng đúng là [@MÃ:ĐIỂM]")
    for alt, address in _IMAGE.findall(line):
        yield from _picture(number, alt, address)
    for tag in _TAG.findall(line):
        if tag.lower() not in TAGS:
            yield Finding(Kind.NOTE, number, f"thẻ HTML <{tag}> không được dùng và sẽ bị bỏ")
    marker = MARKER.match(line)
    if marker:
        yield from _marker(number, marker.group(1), marker.group(2))


def _picture(number: int, alt: str, address: str) -> Iterator[Finding]:
    match = PICTURE.fullmatch(address)
    if match is None:
        yield _problem(number, f"hình “{address}” phải nằm trong thư mục media/ của chuyên đề")
        return
    yield Finding(Kind.PICTURE, number, match.group(1))
    if not alt.strip():
        yield _problem(number, f"hình “{address}” thiếu mô tả thay thế trong ![…]")


def _marker(number: int, kind: str, argument: str) -> Iterator[Finding]:
    if kind == "check":
        if CHECK_CODE.fullmatch(argument):
            yield Finding(Kind.CHECK, number, argument)
        else:
            yield _problem(number, ":::check phải kèm mã một câu hỏi, ví dụ :::check m0-c01")
    elif kind == "law":
        if CITED.fullmatch(argument):
            yield Finding(Kind.CITATION, number, argument)
        else:
            yield _problem(number, ":::law phải kèm văn bản, dạng :::law MÃ:ĐIỂM")
    elif kind and kind not in CALLOUTS:
        known = ", ".join(f":::{name}" for name in (*CALLOUTS, "check"))
        yield _problem(number, f"không có khối “:::{kind}”; chỉ có {known}")
    elif kind and argument:
        yield _problem(number, f":::{kind} phải đứng một mình trên dòng")


def _callout_problems(lines: list[tuple[int, str]]) -> Iterator[Finding]:
    opened: list[tuple[int, str]] = []
    for number, line in lines:
        match = MARKER.match(line)
        if match is None or match.group(1) == "check":
            continue
        if match.group(1):
            opened.append((number, match.group(1)))
        elif match.group(2) == "" and opened:
            opened.pop()
        else:
            yield _problem(number, "dòng “:::” này không đóng khối nào")
    for number, kind in opened:
        yield _problem(number, f"khối “:::{kind}” chưa được đóng bằng dòng “:::”")


def _footnote_problems(lines: list[tuple[int, str]]) -> Iterator[Finding]:
    defined: dict[str, int] = {}
    for number, line in lines:
        match = _NOTE_DEFINITION.match(line)
        if match and match.group(1) in defined:
            yield _problem(number, f"chú thích [^{match.group(1)}] được viết hai lần")
        elif match:
            defined[match.group(1)] = number
    used = {(label, number) for number, line in lines for label in _NOTE_USE.findall(line)}
    for label, number in used:
        if label not in defined:
            yield _problem(number, f"chú thích [^{label}] chưa được viết")
    for label in defined.keys() - {label for label, _ in used}:
        yield _problem(defined[label], f"chú thích [^{label}] không được nhắc tới trong bài")

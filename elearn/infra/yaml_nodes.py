"""YAML as a tree of values that know their lines.

Only what content files need: mappings with text keys, lists, texts, whole and decimal numbers,
true and false, null, days. Anchors, tags and the spellings of YAML 1.1 that surprise (``no`` as
false, ``012`` as ten, ``1:30`` as ninety) are refused, so that nothing is read as what it is not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from elearn.kernel.errors import N_

MAX_DEPTH = 20
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STR = "tag:yaml.org,2002:str"
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = yaml.SafeLoader.yaml_implicit_resolvers

Scalar = str | int | bool | Decimal | date | None


class Refused(Exception):
    """A text file, or a part of it, cannot be read at all; ``line`` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(slots=True)
class Node:
    """A value with the line it stands on; ``items`` for lists, ``fields`` for mappings."""

    line: int
    scalar: Scalar = None
    items: list["Node"] | None = None
    fields: dict[str, "Node"] | None = None
    key_lines: dict[str, int] = field(default_factory=dict)

    def plain(self) -> Any:  # noqa: ANN401 - whatever the file holds
        """Return the value without lines."""
        if self.items is not None:
            return [item.plain() for item in self.items]
        if self.fields is not None:
            return {key: node.plain() for key, node in self.fields.items()}
        return self.scalar

    def line_of(self, *path: str | int) -> int:
        """Return the line of the value at ``path``, or of the nearest thing around it."""
        node, line = self, self.line
        for step in path:
            child: Node | None = None
            if node.fields is not None and isinstance(step, str):
                child = node.fields.get(step)
                line = node.key_lines.get(step, line)
            elif node.items is not None and isinstance(step, int) and step < len(node.items):
                child = node.items[step]
                line = child.line
            if child is None:
                return line
            node = child
        return line

    def child(self, *path: str | int) -> "Node":
        """Return the node at ``path``, which must be there."""
        node = self
        for step in path:
            items, fields = node.items or [], node.fields or {}
            node = items[step] if isinstance(step, int) else fields[step]
        return node


def compose(text: str, first_line: int = 1) -> Node:
    """Return the one document in ``text``, whose first line is line ``first_line`` of its file.

    Raises Refused with the line of the first thing that cannot be read.
    """
    try:
        return _Builder(first_line).build(text)
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark  # the C parser has its own class
        row = min(mark.line if mark else 0, text.count("\n"))
        raise Refused(first_line + row, _syntax_message(text.split("\n")[row], error)) from error
    except yaml.YAMLError as error:
        raise Refused(first_line, N_("không đọc được YAML")) from error


def _syntax_message(line: str, error: yaml.MarkedYAMLError) -> str:
    problem = str(error.problem or "")
    if "\t" in line:
        return N_("có dấu tab; YAML chỉ nhận dấu cách để thụt dòng")
    if "mapping values" in problem:
        return N_("dấu hai chấm sai chỗ; hãy đặt câu có dấu hai chấm trong dấu nháy kép")
    if "anchor" in problem or "alias" in problem:
        return N_("không dùng được neo “&” và bí danh “*”; nếu là chữ thì đặt trong dấu nháy")
    if "end of stream" in problem or "quoted scalar" in problem:
        return N_("dấu nháy hoặc dấu ngoặc mở ra mà chưa đóng")
    if "block" in problem or "indent" in problem:
        return N_("thụt dòng không đều với các dòng trước")
    return N_("viết sai cú pháp YAML")


class _Builder:
    """Builds the tree from the parser's events."""

    def __init__(self, first_line: int) -> None:
        self.first_line = first_line

    def build(self, text: str) -> Node:
        """Return the document's root."""
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        roots: list[Node] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if roots:
                    raise Refused(self._line(event), N_("tệp chỉ được có một tài liệu YAML"))
                roots.append(self._node(next(events), events, 0))
        if not roots:
            raise Refused(self.first_line, N_("tệp trống"))
        return roots[0]

    def _line(self, event: yaml.Event) -> int:
        mark: Any = event.start_mark  # the C parser has its own class
        return int(mark.line) + self.first_line

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        line = self._line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise Refused(line, N_("không dùng được neo “&” và bí danh “*”"))
        if depth > MAX_DEPTH:
            raise Refused(line, N_("lồng nhau quá nhiều lớp"))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(line, events, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(line, events, depth)
        if isinstance(event, yaml.ScalarEvent):
            return Node(line, scalar=_scalar(event, line))
        raise Refused(line, N_("viết sai cú pháp YAML"))

    def _sequence(self, line: int, events: Iterator[yaml.Event], depth: int) -> Node:
        items: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth + 1))
        return Node(line, items=items)

    def _mapping(self, line: int, events: Iterator[yaml.Event], depth: int) -> Node:
        node = Node(line, fields={})
        fields = node.fields or {}
        node.fields = fields
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            if not isinstance(key.scalar, str):
                raise Refused(key.line, N_("tên mục phải là chữ"))
            if key.scalar in fields:
                raise Refused(key.line, f"mục “{key.scalar}” được viết hai lần")
            node.key_lines[key.scalar] = key.line
            fields[key.scalar] = self._node(next(events), events, depth + 1)
        return node


def _scalar(event: yaml.ScalarEvent, line: int) -> Scalar:
    if event.tag is not None and event.tag != "!":
        raise Refused(line, f"không dùng được thẻ kiểu “{event.tag}”")
    value = str(event.value)
    if event.style or event.tag == "!":
        return value
    return _plain_scalar(value, line)


def _plain_scalar(value: str, line: int) -> Scalar:
    """Return what the unquoted ``value`` means."""
    if _NULL.fullmatch(value):
        return None
    if value in _BOOL:
        return _BOOL[value]
    if _INT.fullmatch(value):
        return int(value)
    if _DECIMAL.fullmatch(value):
        return Decimal(value)
    if _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise Refused(line, f"không có ngày {value}") from error
    if _other_readers_see(value) != _STR:
        raise Refused(line, f"“{value}” dễ bị đọc thành thứ khác; hãy đặt trong dấu nháy kép")
    return value


def _other_readers_see(value: str) -> str:
    """Return the tag that YAML 1.1 gives the plain ``value``."""
    for tag, pattern in [*_RESOLVERS.get(value[:1], []), *_RESOLVERS.get("", [])]:
        if pattern.match(value):
            return tag
    return _STR

"""What every format of questions is read into, and written from: entries of a bank file.

A reader gives ``Parsed``; what it cannot represent it says, it never drops it in silence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

# As in kernel.shapes, which the web process is not to load.
Place = tuple[str | int, ...]
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Defaults:
    """What whoever imports says of questions whose file does not say it."""

    level: str = "RECALL"
    lesson: str | None = None
    area: str | None = None
    skills: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a question of a file or with the file as a whole; a note forbids nothing.

    ``line`` counts from 1 (of a text; paragraph of a document; row of a sheet); ``message`` is
    Vietnamese with ``%(name)s`` places filled from ``params``.
    """

    line: int | None
    question: str | None
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    is_note: bool = False

    def text(self) -> str:
        """Return the Vietnamese sentence."""
        return self.message % self.params if self.params else self.message

    def as_json(self) -> dict[str, object]:
        """Return the shape of design.md 5.1."""
        return {
            "line": self.line,
            "question": self.question,
            "code": self.code,
            "message": self.text(),
        }


# The line of a part of the question, and what stands before the message: a cell, a file.
Locate = Callable[[Place], tuple[int | None, str]]


@dataclass(frozen=True, slots=True)
class Found:
    """One question as a file has it.

    ``data`` is an entry of a bank file without what the format does not know; ``label`` is what
    people call the question in their file. ``wished_id`` is a name that may serve as its id when
    it is free. ``pictures`` are those that its texts show as ``media/NAME``.
    """

    line: int | None
    label: str
    data: Entry
    wished_id: str | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    locate: Locate | None = None

    def place(self, path: Place) -> tuple[int | None, str]:
        """Return the line of the part at ``path`` and the words before a message on it."""
        return self.locate(path) if self.locate else (self.line, "")


@dataclass(slots=True)
class Parsed:
    """What a file holds: its questions in order, and what is to be said of them and of it."""

    questions: list[Found] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def refuse(
        self, line: int | None, question: str | None, code: str, message: str, **params: object
    ) -> None:
        """Add an error."""
        self.troubles.append(Trouble(line, question, code, message, params))

    def note(
        self, line: int | None, question: str | None, code: str, message: str, **params: object
    ) -> None:
        """Add what is worth knowing."""
        self.troubles.append(Trouble(line, question, code, message, params, is_note=True))


@dataclass(frozen=True, slots=True)
class Loss:
    """What a format could not hold of the question ``question``; ``is_whole``: nothing of it."""

    question: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    is_whole: bool = False

    def text(self) -> str:
        """Return the Vietnamese sentence."""
        return self.message % self.params if self.params else self.message


@dataclass(slots=True)
class Outgoing:
    """Questions to be written; ``picture`` gives the bytes of a picture by its name."""

    entries: list[Entry]
    picture: Callable[[str], bytes | None] = lambda _name: None


@dataclass(frozen=True, slots=True)
class Written:
    """A file and what it could not hold."""

    content: bytes
    losses: tuple[Loss, ...] = ()
    count: int = 0

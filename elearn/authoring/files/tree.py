"""A content folder as read: every entry with its place, and what is wrong with the files."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from elearn.assessment.content import PaperContent, QuestionContent
from elearn.assessment.domain.enemies import EnemySets
from elearn.authoring.files.problems import FileProblem
from elearn.curriculum.content import LegalContent, LessonContent, ModuleContent, ProgrammeContent
from elearn.infra.pictures import PictureInfo
from elearn.infra.yaml_nodes import Node

T = TypeVar("T")


def strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield every text inside JSON ``value``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One thing of a file. ``path`` is relative to the folder that holds ``content``; ``node`` its
    YAML; ``position`` counts from 1 inside the file, or is the number in the name of a module's
    folder or a lesson's file."""

    content: T
    code: str
    path: str
    node: Node
    position: int = 1

    def line_of(self, *place: str | int) -> int:
        """Return the line of the value at ``place``."""
        return self.node.line_of(*place)


@dataclass(frozen=True, slots=True)
class LessonEntry(Entry[LessonContent]):
    """A lesson; ``body_line`` is where its Markdown begins."""

    module_code: str = ""
    file_name: str = ""
    body_line: int = 1


@dataclass(frozen=True, slots=True)
class QuestionEntry(Entry[QuestionContent]):
    """A question; ``bank`` is the name of its file."""

    bank: str = ""

    def texts(self) -> list[str]:
        """Return the Markdown texts of the question."""
        return list(strings(self.content.body))


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture of a module."""

    module_code: str
    name: str
    path: str
    content: bytes
    sha256: str
    info: PictureInfo


@dataclass(slots=True)
class Tree:
    """Everything the folders hold. Facts and articles are kept as JSON (their front matter).

    ``broken``: codes of entries that could not be read, ``incomplete``: kinds with a file that
    could not be; so one fault is not reported a hundred times. Kinds are the names of the lists.
    """

    legal: list[Entry[LegalContent]] = field(default_factory=list)
    facts: list[Entry[dict[str, Any]]] = field(default_factory=list)
    articles: list[Entry[dict[str, Any]]] = field(default_factory=list)
    modules: list[Entry[ModuleContent]] = field(default_factory=list)
    lessons: list[LessonEntry] = field(default_factory=list)
    pictures: list[PictureFile] = field(default_factory=list)
    programmes: list[Entry[ProgrammeContent]] = field(default_factory=list)
    questions: list[QuestionEntry] = field(default_factory=list)
    papers: list[Entry[PaperContent]] = field(default_factory=list)
    enemies: list[Entry[EnemySets]] = field(default_factory=list)
    has_facts: bool = False
    has_modules: bool = False
    has_bank: bool = False
    has_papers: bool = False
    problems: list[FileProblem] = field(default_factory=list)
    broken: dict[str, set[str]] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)

    def know_broken(self, kind: str, node: Node) -> None:
        """Note the code of an entry that could not be read: references to it are not wrong."""
        for key in ("code", "id"):
            named = (node.fields or {}).get(key)
            if named is not None and isinstance(named.scalar, str):
                self.broken.setdefault(kind, set()).add(named.scalar)

    def codes(self, kind: str) -> set[str]:
        """Return the codes of the entries of ``kind``, a name of a field, the broken ones too."""
        return {entry.code for entry in getattr(self, kind)} | self.broken.get(kind, set())

    def lacks(self, kind: str, code: str) -> bool:
        """Whether no entry of ``kind`` has ``code``; no, while a file of them cannot be read."""
        return kind not in self.incomplete and code not in self.codes(kind)

    def is_whole(self, *kinds: str) -> bool:
        """Whether every entry of ``kinds`` could be read."""
        return not any(kind in self.incomplete or self.broken.get(kind) for kind in kinds)

    def report(self, path: str, line: int, message: str, *, is_note: bool = False) -> None:
        """Add a problem."""
        self.problems.append(FileProblem(path, line, message, is_note))

    @property
    def errors(self) -> list[FileProblem]:
        """Return the problems that forbid loading, in order of files and lines."""
        return sorted({problem for problem in self.problems if not problem.is_note})

    @property
    def notes(self) -> list[FileProblem]:
        """Return what is worth knowing and forbids nothing."""
        return sorted({problem for problem in self.problems if problem.is_note})

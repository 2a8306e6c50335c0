"""Reads the folders ``content`` and ``quizzes`` into a Tree; never stops at the first problem."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from elearn.assessment.domain.enemies import in_order
from elearn.assessment.formats.enemies import EnemiesFile, read_enemies
from elearn.assessment.formats.papers import PaperFile, read_paper
from elearn.assessment.formats.questions import QuestionFile, read_question
from elearn.authoring.files import contents
from elearn.authoring.files.shapes import (
    ArticleFront,
    FactEntry,
    LegalEntry,
    LessonFront,
    ModuleFile,
    ProgrammeFile,
)
from elearn.authoring.files.texts import Article, read_text, split_front
from elearn.authoring.files.tree import Entry, LessonEntry, PictureFile, QuestionEntry, Tree
from elearn.infra import pictures
from elearn.infra.yaml_nodes import Node, Refused, compose
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.shapes import Problem, problems_of

_NUMBERED = re.compile(r"([0-9]{2,4})-[a-z0-9-]+")
_IGNORED = re.compile(r"\..*|README\.md|.*~")
S = TypeVar("S", bound=BaseModel)


def read_tree(content: Path) -> Tree:
    """Return what the folder ``content`` and the folder ``quizzes`` beside it hold."""
    return _Reader(content).read()


class _Reader:
    def __init__(self, content: Path) -> None:
        self.content = content
        self.quizzes = content.parent / "quizzes"
        self.tree = Tree()
        self.seen: set[Path] = set()

    def read(self) -> Tree:
        """Read everything."""
        if not self.content.is_dir():
            self.tree.report(str(self.content), 1, N_("không có thư mục nội dung này"))
            return self.tree
        self._legal()
        self._facts()
        self.tree.has_modules = (self.content / "modules").is_dir()
        for folder in self._folders(self.content / "modules"):
            self._module(folder)
        for path in self._files(self.content / "programmes", ".yaml"):
            self._programme(path)
        for folder in self._folders(self.content / "library"):
            for path in self._files(folder, ".md"):
                self._article(path)
        if self.quizzes.is_dir():
            self._quizzes()
        self._strangers()
        return self.tree

    def name(self, path: Path) -> str:
        """Return how the tree calls ``path``: from ``content`` or ``quizzes`` on."""
        root = self.quizzes if path.is_relative_to(self.quizzes) else self.content
        top = "quizzes" if root == self.quizzes else "content"
        return (Path(top) / path.relative_to(root)).as_posix()

    # ---- files and folders

    def _folders(self, parent: Path) -> list[Path]:
        if not parent.is_dir():
            return []
        return sorted(path for path in parent.iterdir() if path.is_dir())

    def _files(self, folder: Path, suffix: str) -> list[Path]:
        if not folder.is_dir():
            return []
        found = sorted(path for path in folder.iterdir() if path.is_file())
        return [
            path for path in found if path.suffix == suffix and not _IGNORED.fullmatch(path.name)
        ]

    def _strangers(self) -> None:
        """Report the files that nobody read: a wrong suffix or place would lose them silently."""
        roots = [self.content, *([self.quizzes] if self.quizzes.is_dir() else [])]
        for root in roots:
            for path in sorted(root.rglob("*")):
                if path.is_file() and path not in self.seen and not _IGNORED.fullmatch(path.name):
                    message = N_("tệp không đúng chỗ, đúng tên hoặc đúng đuôi nên không được đọc")
                    self.tree.report(self.name(path), 1, message)

    # ---- text and shapes

    def _refuse(self, path: Path, kind: str, refused: Refused) -> None:
        """Report a file that cannot be read, and that entries of ``kind`` may be missing."""
        self.tree.report(self.name(path), refused.line, refused.message)
        self.tree.incomplete.add(kind)

    def _text(self, path: Path, kind: str) -> str | None:
        self.seen.add(path)
        try:
            file = read_text(path)
        except Refused as refused:
            self._refuse(path, kind, refused)
            return None
        if file.recomposed_line:
            message = N_("chữ tổ hợp (NFD) được đọc thành chữ dựng sẵn (NFC)")
            self.tree.report(self.name(path), file.recomposed_line, message, is_note=True)
        return file.text

    def _document(self, path: Path, kind: str) -> Node | None:
        text = self._text(path, kind)
        if text is None:
            return None
        try:
            return compose(text)
        except Refused as refused:
            self._refuse(path, kind, refused)
            return None

    def _article_text(self, path: Path, kind: str) -> tuple[Article, Node] | None:
        text = self._text(path, kind)
        if text is None:
            return None
        try:
            article = split_front(text)
            return article, compose(article.front, 2)
        except Refused as refused:
            self._refuse(path, kind, refused)
            return None

    def _shaped(self, path: Path, node: Node, shape: type[S], kind: str) -> S | None:
        """Return what ``node`` holds; ``kind`` is the field of the tree it is meant for."""
        try:
            return shape.model_validate(node.plain())
        except ValidationError as error:
            self.tree.know_broken(kind, node)
            self._problems(path, node, problems_of(error))
            return None

    def _problems(self, path: Path, node: Node, problems: list[Problem]) -> None:
        for problem in problems:
            place = ".".join(str(step) for step in problem.path)
            message = f"{place}: {problem.message}" if place else problem.message
            self.tree.report(self.name(path), node.line_of(*problem.path), message)

    def _listed(self, path: Path, key: str, kind: str) -> list[tuple[int, Node]]:
        """Return the entries of the one list ``key`` that the file holds, counted from 1."""
        node = self._document(path, kind)
        if node is None:
            return []
        entries = (node.fields or {}).get(key)
        if node.fields is None or entries is None or entries.items is None:
            self._refuse(path, kind, Refused(node.line, f"tệp phải có danh sách “{key}:”"))
            return []
        for other in node.fields.keys() - {key}:
            self.tree.report(
                self.name(path), node.key_lines[other], f"{other}: mục này không có trong quy định"
            )
        return list(enumerate(entries.items, 1))

    # ---- content

    def _legal(self) -> None:
        for path in self._files(self.content / "legal", ".yaml"):
            for position, node in self._listed(path, "documents", "legal"):
                if entry := self._shaped(path, node, LegalEntry, "legal"):
                    content = contents.legal_content(entry)
                    self.tree.legal.append(
                        Entry(content, entry.code, self.name(path), node, position)
                    )

    def _facts(self) -> None:
        path = self.content / "facts.yaml"
        self.tree.has_facts = path.is_file()
        if not self.tree.has_facts:
            return
        for position, node in self._listed(path, "facts", "facts"):
            if entry := self._shaped(path, node, FactEntry, "facts"):
                self.tree.facts.append(
                    Entry(entry.model_dump(), entry.id, self.name(path), node, position)
                )

    def _article(self, path: Path) -> None:
        read = self._article_text(path, "articles")
        if read is None:
            return
        article, node = read
        if front := self._shaped(path, node, ArticleFront, "articles"):
            content = {**front.model_dump(), "body": article.body}
            self.tree.articles.append(Entry(content, front.id, self.name(path), node))

    def _module(self, folder: Path) -> None:
        path = folder / "module.yaml"
        number = _NUMBERED.fullmatch(folder.name)
        if number is None:
            self.tree.report(self.name(folder), 1, N_("tên thư mục phải có dạng 01-ten-chuyen-de"))
        if not path.is_file():
            self.tree.report(self.name(folder), 1, N_("thư mục chuyên đề thiếu tệp module.yaml"))
        node = self._document(path, "modules") if path.is_file() else None
        file = self._shaped(path, node, ModuleFile, "modules") if node else None
        if node and file:
            position = int(number.group(1)) if number else 0
            content = contents.module_content(file, folder.name, position)
            self.tree.modules.append(Entry(content, file.code, self.name(path), node, position))
        self._pictures(folder / "media", file.code if file else None)
        for lesson in self._files(folder, ".md"):
            self._lesson(lesson, file.code if file else "")

    def _lesson(self, path: Path, module_code: str) -> None:
        number = _NUMBERED.fullmatch(path.stem)
        if number is None:
            self.tree.report(self.name(path), 1, N_("tên tệp phải có dạng 01-ten-bai.md"))
        read = self._article_text(path, "lessons")
        front = self._shaped(path, read[1], LessonFront, "lessons") if read else None
        if read is None or front is None:
            return
        article, node = read
        self.tree.lessons.append(
            LessonEntry(
                contents.lesson_content(front, article.body),
                front.id,
                self.name(path),
                node,
                int(number.group(1)) if number else 0,
                module_code=module_code,
                file_name=path.name,
                body_line=article.body_line,
            )
        )

    def _pictures(self, folder: Path, module_code: str | None) -> None:
        if module_code is None:
            self.tree.incomplete.add("pictures")
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.is_file() and not _IGNORED.fullmatch(path.name):
                self.seen.add(path)
                if module_code is not None:
                    self._picture(path, module_code)

    def _picture(self, path: Path, module_code: str) -> None:
        try:
            data = path.read_bytes()
            info = pictures.inspect(path.name, data)
        except (Invalid, OSError) as error:
            message = error.text() if isinstance(error, Invalid) else N_("không mở được tệp")
            self.tree.report(self.name(path), 1, message)
            self.tree.incomplete.add("pictures")
            return
        digest = hashlib.sha256(data).hexdigest()
        self.tree.pictures.append(
            PictureFile(module_code, path.name, self.name(path), data, digest, info)
        )

    def _programme(self, path: Path) -> None:
        node = self._document(path, "programmes")
        if node and (file := self._shaped(path, node, ProgrammeFile, "programmes")):
            self._same_name(path, node, file.code)
            content = contents.programme_content(file)
            self.tree.programmes.append(Entry(content, file.code, self.name(path), node))

    def _same_name(self, path: Path, node: Node, code: str) -> None:
        if path.stem != code:
            self.tree.report(
                self.name(path), node.line_of("code"), f"tên tệp phải là {code}.yaml cho đúng mã"
            )

    # ---- quizzes

    def _quizzes(self) -> None:
        self.tree.has_bank = (self.quizzes / "bank").is_dir()
        self.tree.has_papers = (self.quizzes / "papers").is_dir()
        for path in self._files(self.quizzes / "bank", ".yaml"):
            for position, node in self._listed(path, "questions", "questions"):
                self._question(path, node, position)
        for path in self._files(self.quizzes / "papers", ".yaml"):
            self._paper(path)
        path = self.quizzes / "enemies.yaml"
        if path.is_file():
            self._enemies(path)

    def _enemies(self, path: Path) -> None:
        """Read the sets of questions that never stand in one form; one entry together."""
        node = self._document(path, "enemies")
        if node and (file := self._read(path, node, read_enemies, EnemiesFile, "enemies")):
            sets = in_order(file.enemies)
            self.tree.enemies.append(Entry(sets, "enemies", self.name(path), node))

    def _paper(self, path: Path) -> None:
        node = self._document(path, "papers")
        if node and (file := self._read(path, node, read_paper, PaperFile, "papers")):
            self._same_name(path, node, file.code)
            content = contents.paper_content(file)
            self.tree.papers.append(Entry(content, file.code, self.name(path), node))

    def _question(self, path: Path, node: Node, position: int) -> None:
        file = self._read(path, node, read_question, QuestionFile, "questions")
        if file is None:
            return
        content = contents.question_content(file, path.stem)
        self.tree.questions.append(
            QuestionEntry(content, content.code, self.name(path), node, position, bank=path.stem)
        )

    def _read(
        self,
        path: Path,
        node: Node,
        read: Callable[[object], S | list[Problem]],
        shape: type[S],
        kind: str,
    ) -> S | None:
        result = read(node.plain())
        if isinstance(result, shape):
            return result
        self.tree.know_broken(kind, node)
        self._problems(path, node, result if isinstance(result, list) else [])
        return None

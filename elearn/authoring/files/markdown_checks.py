"""What the Markdown of lessons, articles and questions refers to, and whether it can be shown."""

from collections.abc import Iterator

from elearn.assessment.formats.questions import HEADER
from elearn.authoring.files.tree import LessonEntry, QuestionEntry, Tree
from elearn.infra import richtext
from elearn.infra.richtext_source import Finding, Kind, scan
from elearn.infra.yaml_nodes import Node
from elearn.kernel.errors import N_, Invalid

_NOT_MARKDOWN = {*HEADER, "type", "scoring", "match", "answer", "tolerance", "unit", "answers"}


class MarkdownChecks:
    """Checks every text of a tree."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.pictures = {(file.module_code, file.name) for file in tree.pictures}
        self.used: set[tuple[str, str]] = set()

    def run(self) -> None:
        """Check everything; what is left over at the end are pictures that nothing shows."""
        for lesson in self.tree.lessons:
            self._lesson(lesson)
        for question in self.tree.questions:
            self._question(question)
        for article in self.tree.articles:
            for finding in scan(article.content["body"]):
                self._finding(article.path, article.line_of(), finding, None)
        if self.tree.is_whole("lessons", "questions", "pictures"):
            self._orphans()

    def _orphans(self) -> None:
        for file in self.tree.pictures:
            if (file.module_code, file.name) not in self.used:
                message = N_("hình không được bài học hay câu hỏi nào dùng")
                self.tree.report(file.path, 1, message)

    def _lesson(self, entry: LessonEntry) -> None:
        checks: set[str] = set()
        for finding in scan(entry.content.body):
            line = entry.body_line + finding.line - 1
            self._finding(entry.path, line, finding, entry.module_code)
            if finding.kind is Kind.CHECK:
                self._inline_check(entry.path, line, finding.value, checks)
        try:
            richtext.render(entry.content.body)
        except Invalid as error:
            self.tree.report(entry.path, entry.body_line, error.text())

    def _inline_check(self, path: str, line: int, code: str, checks: set[str]) -> None:
        if code in checks:
            self.tree.report(path, line, f"câu hỏi “{code}” đứng hai lần trong bài")
        checks.add(code)
        if not self.tree.has_bank:
            return
        if self.tree.lacks("questions", code):
            self.tree.report(path, line, f"không có câu hỏi “{code}” trong quizzes/bank")

    def _question(self, entry: QuestionEntry) -> None:
        for node in _texts(entry.node):
            text = str(node.scalar)
            for finding in scan(text):
                self._finding(entry.path, node.line, finding, entry.content.module_code)
            try:
                richtext.check_short(text)
            except Invalid as error:
                self.tree.report(entry.path, node.line, error.text())

    def _finding(self, path: str, line: int, finding: Finding, module_code: str | None) -> None:
        value = finding.value
        if finding.kind in (Kind.PROBLEM, Kind.NOTE):
            self.tree.report(path, line, value, is_note=finding.kind is Kind.NOTE)
        elif finding.kind is Kind.CITATION:
            code = value.partition(":")[0]
            if self.tree.lacks("legal", code):
                self.tree.report(path, line, f"không có văn bản “{code}” trong content/legal")
        elif finding.kind is Kind.PICTURE and module_code is not None:
            self.used.add((module_code, value))
            is_there = (module_code, value) in self.pictures
            if not is_there and "pictures" not in self.tree.incomplete:
                self.tree.report(path, line, f"không có hình media/{value} trong chuyên đề")


def _texts(question: Node) -> Iterator[Node]:
    """Yield the nodes of a question that hold Markdown."""
    for key, node in (question.fields or {}).items():
        if key not in _NOT_MARKDOWN:
            yield from _scalars(node)


def _scalars(node: Node) -> Iterator[Node]:
    if isinstance(node.scalar, str):
        yield node
    for item in node.items or ():
        yield from _scalars(item)
    if node.fields is not None:
        yield from _texts(node)

"""Whether the entries of a tree fit together: every reference leads somewhere, every code is one
entry's alone, every paper can be drawn."""

from collections.abc import Iterable, Sequence
from typing import Any

from elearn.assessment.content import PaperContent
from elearn.assessment.domain.draw import PoolQuestion
from elearn.assessment.domain.enemies import groups_of
from elearn.assessment.forms.queries import COUNTING
from elearn.assessment.shortages import pool_question, shortages_of, thin_cells
from elearn.authoring.files.markdown_checks import MarkdownChecks
from elearn.authoring.files.shapes import ALL
from elearn.authoring.files.tree import Entry, QuestionEntry, Tree
from elearn.curriculum.content import LegalContent, ProgrammeContent
from elearn.curriculum.models import LegalStatus
from elearn.infra.richtext_source import Kind, scan
from elearn.kernel.errors import N_

_KINDS = {
    "legal": N_("văn bản"),
    "facts": N_("dữ kiện"),
    "articles": N_("bài cẩm nang"),
    "modules": N_("chuyên đề"),
    "lessons": N_("bài học"),
    "programmes": N_("chương trình"),
    "questions": N_("câu hỏi"),
    "papers": N_("đề"),
}


def check_tree(tree: Tree) -> None:
    """Add to ``tree.problems`` whatever does not fit together."""
    _Checker(tree).run()
    MarkdownChecks(tree).run()


class _Checker:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.lesson_modules = {entry.code: entry.module_code for entry in tree.lessons}

    def run(self) -> None:
        """Check everything."""
        for name, noun in _KINDS.items():
            self._unique(getattr(self.tree, name), noun)
        self._positions()
        self._legal()
        self._references()
        for programme in self.tree.programmes:
            self._programme(programme)
        for question in self.tree.questions:
            self._question(question)
        self._enemies()
        self._papers()

    def _say(self, entry: Entry[Any], place: Sequence[str | int], message: str) -> None:
        self.tree.report(entry.path, entry.line_of(*place), message)

    def _unique(self, entries: Iterable[Entry[Any]], noun: str) -> None:
        first: dict[str, Entry[Any]] = {}
        for entry in entries:
            other = first.setdefault(entry.code, entry)
            if other is not entry:
                key = "id" if "id" in (entry.node.fields or {}) else "code"
                where = f"{other.path}:{other.line_of(key)}"
                self._say(entry, (key,), f"mã {noun} “{entry.code}” đã dùng ở {where}")

    def _positions(self) -> None:
        """Two of one number would stand in an order that nobody chose."""
        taken: dict[tuple[str, int], str] = {}
        places: list[tuple[Entry[Any], str]] = [(entry, "") for entry in self.tree.modules]
        places += [(entry, entry.path.rpartition("/")[0]) for entry in self.tree.lessons]
        for entry, owner in places:
            other = taken.setdefault((owner, entry.position), entry.path)
            if other != entry.path:
                message = f"số thứ tự {entry.position:02d} đã dùng cho {other}"
                self.tree.report(entry.path, 1, message)

    # ---- documents and facts

    def _legal(self) -> None:
        successors = {entry.code: entry.content.replaced_by for entry in self.tree.legal}
        for entry in self.tree.legal:
            for index, code in enumerate(entry.content.replaced_by):
                self._known_document(entry, ("replaced_by", index), code)
            if _leads_back(entry.code, successors):
                self._say(entry, ("replaced_by",), N_("các văn bản thay thế nhau thành vòng"))
            self._legal_status(entry)

    def _legal_status(self, entry: Entry[LegalContent]) -> None:
        """A document that another replaces is in force only until a day that is known."""
        content = entry.content
        claims_force = content.status in (LegalStatus.IN_FORCE, LegalStatus.NOT_YET)
        if content.replaced_by and claims_force and content.in_force_to is None:
            message = N_("văn bản đã bị thay thế thì phải ghi in_force_to hoặc trạng thái khác")
            self._say(entry, ("status",), message)

    def _known_document(self, entry: Entry[Any], place: Sequence[str | int], cited: str) -> None:
        code = cited.partition(":")[0]
        if self.tree.lacks("legal", code):
            self._say(entry, place, f"không có văn bản “{code}” trong content/legal")

    def _references(self) -> None:
        """Check the lists of citations and facts wherever they stand."""
        cited: list[Entry[Any]] = [
            *self.tree.facts,
            *self.tree.articles,
            *self.tree.lessons,
            *self.tree.questions,
        ]
        for entry in cited:
            fields = entry.node.plain()
            for index, citation in enumerate(fields.get("citations") or ()):
                self._known_document(entry, ("citations", index), citation)
            for index, fact in enumerate(fields.get("facts") or ()):
                if self.tree.has_facts and self.tree.lacks("facts", fact):
                    message = f"không có dữ kiện “{fact}” trong content/facts.yaml"
                    self._say(entry, ("facts", index), message)
        for module in self.tree.modules:
            code = module.content.test_paper_code
            if code and self.tree.has_papers and self.tree.lacks("papers", code):
                self._say(module, ("test",), f"không có đề “{code}” trong quizzes/papers")

    # ---- programmes

    def _programme(self, entry: Entry[ProgrammeContent]) -> None:
        content = entry.content
        for index, citation in enumerate(content.legal_basis):
            self._known_document(entry, ("legal_basis", index), citation)
        groups: set[str] = set()
        for index, group in enumerate(content.groups):
            place = ("groups", index, "code")
            if group.code == ALL:
                self._say(entry, place, N_("mã nhóm ALL dành riêng cho “mọi nhóm”"))
            if group.code in groups:
                self._say(entry, place, f"mã nhóm “{group.code}” bị dùng hai lần")
            groups.add(group.code)
            for number, rule in enumerate(group.rules):
                if rule.citation:
                    where = ("groups", index, "rules", number, "citation")
                    self._known_document(entry, where, rule.citation)
        for index, target in enumerate(content.targets):
            self._known_group(entry, ("targets", index, "group"), target.group_code, groups)
        self._path(entry, groups)

    def _path(self, entry: Entry[ProgrammeContent], groups: set[str]) -> None:
        modules: set[str] = set()
        for index, item in enumerate(entry.content.path):
            place = ("path", index, "module")
            if self.tree.lacks("modules", item.module_code):
                self._say(entry, place, f"không có chuyên đề “{item.module_code}”")
            if item.module_code in modules:
                self._say(
                    entry, place, f"chuyên đề “{item.module_code}” đứng hai lần trên lộ trình"
                )
            modules.add(item.module_code)
            for code in item.group_codes:
                self._known_group(entry, ("path", index, "groups"), code, groups)

    def _known_group(
        self, entry: Entry[Any], place: Sequence[str | int], code: str, groups: set[str]
    ) -> None:
        if code != ALL and code not in groups:
            self._say(entry, place, f"chương trình không có nhóm “{code}”")

    # ---- questions and papers

    def _question(self, entry: QuestionEntry) -> None:
        content = entry.content
        if self.tree.lacks("modules", content.module_code):
            place = ("module",) if "module" in (entry.node.fields or {}) else ("id",)
            self._say(entry, place, f"không có chuyên đề “{content.module_code}”")
        lesson = content.lesson_code
        if lesson is None:
            return
        if self.tree.lacks("lessons", lesson):
            self._say(entry, ("lesson",), f"không có bài học “{lesson}”")
        elif self.lesson_modules.get(lesson, "") not in ("", content.module_code):
            message = f"bài “{lesson}” không thuộc chuyên đề “{content.module_code}”"
            self._say(entry, ("lesson",), message)

    def _enemies(self) -> None:
        for entry in self.tree.enemies:
            for number, codes in enumerate(entry.node.plain()["enemies"]):
                for position, code in enumerate(codes):
                    if self.tree.has_bank and self.tree.lacks("questions", code):
                        place = ("enemies", number, position)
                        self._say(entry, place, f"không có câu hỏi “{code}”")

    def _papers(self) -> None:
        groups = groups_of(codes for entry in self.tree.enemies for codes in entry.content)
        pool = {
            entry.code: pool_question(
                entry.code,
                kind=entry.content.type,
                level=entry.content.level.value,
                module=entry.content.module_code,
                lesson=entry.content.lesson_code,
                area=entry.content.area,
                skills=entry.content.skills,
                points=entry.content.points,
                group=groups.get(entry.code, ""),
            )
            for entry in self.tree.questions
        }
        shown = {
            found.value
            for lesson in self.tree.lessons
            for found in scan(lesson.content.body)
            if found.kind is Kind.CHECK
        }
        for entry in self.tree.papers:
            sections = entry.content.sections
            known = [self._cell(entry, place, cell) for place, cell in _cells(sections)]
            known += [self._fixed(entry, place, code) for place, code in _fixed(sections)]
            if self.tree.has_bank and all(known) and self.tree.is_whole("questions"):
                self._supply(entry, list(pool.values()), shown)

    def _supply(
        self, entry: Entry[PaperContent], bank: Sequence[PoolQuestion], shown: set[str]
    ) -> None:
        """Say what the bank lacks for a paper, and note what it has little of."""
        hidden = shown if entry.content.kind in COUNTING else set()
        pool = [item for item in bank if item.code not in hidden]
        sections = entry.content.sections
        for short in shortages_of(sections, pool, shown=hidden):
            self._say(entry, short.path, short.message)
        for thin in thin_cells(sections, pool):
            line = entry.line_of(*thin.path)
            self.tree.report(entry.path, line, thin.message, is_note=True)

    def _cell(self, entry: Entry[Any], place: tuple[str | int, ...], cell: dict[str, Any]) -> bool:
        module, lesson = cell.get("module"), cell.get("lesson")
        is_known = True
        if module is not None and self.tree.lacks("modules", module):
            self._say(entry, (*place, "module"), f"không có chuyên đề “{module}”")
            is_known = False
        if lesson is not None and self.tree.lacks("lessons", lesson):
            self._say(entry, (*place, "lesson"), f"không có bài học “{lesson}”")
            is_known = False
        return is_known

    def _fixed(self, entry: Entry[Any], place: tuple[str | int, ...], code: str) -> bool:
        if self.tree.has_bank and self.tree.lacks("questions", code):
            self._say(entry, place, f"không có câu hỏi “{code}”")
            return False
        return True


def _cells(sections: list[dict[str, Any]]) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    return [
        (("sections", number, "draw", index), cell)
        for number, section in enumerate(sections)
        for index, cell in enumerate(section.get("draw") or ())
    ]


def _fixed(sections: list[dict[str, Any]]) -> list[tuple[tuple[str | int, ...], str]]:
    return [
        (("sections", number, "questions", index), code)
        for number, section in enumerate(sections)
        for index, code in enumerate(section.get("questions") or ())
    ]


def _leads_back(start: str, successors: dict[str, list[str]]) -> bool:
    """Whether following ``successors`` from ``start`` comes to ``start`` again."""
    seen: set[str] = set()
    waiting = list(successors.get(start, ()))
    while waiting:
        code = waiting.pop()
        if code == start:
            return True
        if code not in seen:
            seen.add(code)
            waiting.extend(successors.get(code, ()))
    return False

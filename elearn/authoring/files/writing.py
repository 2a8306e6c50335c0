"""What is public, as the files that would be loaded to give the same: path to bytes."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.content import PaperContent, QuestionContent
from elearn.assessment.formats.entries import entry_of, in_order
from elearn.assessment.forms import enemies
from elearn.assessment.models import Question
from elearn.assessment.publishing import (
    paper_content,
    published_papers,
    published_questions,
    question_content,
)
from elearn.authoring.files.contents import number_text
from elearn.authoring.files.models import EntryKind, FileState
from elearn.authoring.files.texts import tidy
from elearn.authoring.files.tree import strings
from elearn.curriculum.content import LessonContent, ModuleContent, ProgrammeContent
from elearn.curriculum.media import pictures_in
from elearn.curriculum.models import LegalDocument, Media, Module, Programme
from elearn.curriculum.programmes import programme_content
from elearn.curriculum.publishing import lesson_content, published_lessons
from elearn.infra import storage
from elearn.infra.yaml_writing import to_yaml

Files = dict[str, bytes]
_LEGAL_KEYS = (
    "code", "number", "type", "issuer", "issued_on", "title",
    "in_force_from", "in_force_to", "status", "replaced_by",
)  # fmt: skip


def write_files(session: Session) -> Files:
    """Return every file by its path from the folder that holds ``content`` and ``quizzes``."""
    writer = _Writer(session)
    return writer.run()


class _Writer:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.states = {
            (row.kind, row.code): row
            for row in session.scalars(select(FileState).order_by(FileState.id))
        }
        self.files: Files = {}

    def run(self) -> Files:
        """Write everything."""
        self._legal()
        self._kept()
        modules = {
            module.id: module
            for module in self.session.scalars(select(Module).where(Module.retired_at.is_(None)))
        }
        for module in modules.values():
            path = f"content/modules/{module.folder}/module.yaml"
            self._yaml(path, _module_file(_module_content(module)))
        self._lessons(modules)
        for programme in self.session.scalars(select(Programme).order_by(Programme.id)):
            content = programme_content(self.session, programme)
            self._yaml(f"content/programmes/{content.code}.yaml", _programme_file(content))
        self._questions({module.code: module for module in modules.values()})
        for paper, version in published_papers(self.session):
            file = _paper_file(paper_content(paper, version))
            self._yaml(f"quizzes/papers/{paper.code}.yaml", file)
        if sets := enemies.list_sets(self.session):
            self._yaml("quizzes/enemies.yaml", {"enemies": sets})
        return self.files

    def _yaml(self, path: str, value: Mapping[str, Any]) -> None:
        self.files[path] = to_yaml(value).encode()

    def _article(self, path: str, front: Mapping[str, Any], body: str) -> None:
        self.files[path] = f"---\n{to_yaml(front)}---\n\n{tidy(body)}".encode()

    def _position(self, kind: EntryKind, code: str) -> int:
        """Return the place in its file; what never was in a file comes last."""
        state = self.states.get((kind, code))
        return state.position if state else 1_000_000

    def _legal(self) -> None:
        files: dict[str, list[LegalDocument]] = {}
        for row in self.session.scalars(select(LegalDocument).order_by(LegalDocument.id)):
            state = self.states.get((EntryKind.LEGAL, row.code))
            files.setdefault(state.path if state else "content/legal/khac.yaml", []).append(row)
        for path, rows in files.items():
            rows.sort(key=lambda row: self._position(EntryKind.LEGAL, row.code))
            entries = [
                {key: getattr(row, key) for key in _LEGAL_KEYS} | {"status": row.status.value}
                for row in rows
            ]
            self._yaml(path, {"documents": entries})

    def _kept(self) -> None:
        facts = [row for row in self.states.values() if row.kind is EntryKind.FACT]
        if facts:
            facts.sort(key=lambda row: row.position)
            entries = [row.content for row in facts]
            self._yaml("content/facts.yaml", {"facts": entries})
        for row in self.states.values():
            if row.kind is EntryKind.ARTICLE and row.content is not None:
                front = {key: value for key, value in row.content.items() if key != "body"}
                self._article(row.path, front, row.content["body"])

    def _lessons(self, modules: Mapping[int, Module]) -> None:
        for lesson, version in published_lessons(self.session):
            module = modules.get(lesson.module_id)
            if module is None:
                continue
            folder = f"content/modules/{module.folder}"
            content = lesson_content(lesson, version)
            self._article(f"{folder}/{lesson.file_name}", _lesson_front(content), content.body)
            self._pictures(module, [version.html])

    def _pictures(self, module: Module, pages: Iterable[str]) -> None:
        for html in pages:
            for name, picture in pictures_in(html).items():
                sha256 = picture.url.split("/")[2]
                media = self.session.scalars(
                    select(Media).where(
                        Media.module_id == module.id, Media.name == name, Media.sha256 == sha256
                    )
                ).one()
                path = f"content/modules/{module.folder}/media/{name}"
                self.files[path] = storage.get(media.storage_key)

    def _questions(self, modules: Mapping[str, Module]) -> None:
        banks: dict[str, list[tuple[Question, QuestionContent]]] = {}
        for question, version in published_questions(self.session):
            content = question_content(question, version)
            banks.setdefault(question.bank, []).append((question, content))
            if content.module_code in modules:
                self._pictures(modules[content.module_code], strings(version.rendered))
        for bank, rows in banks.items():
            rows.sort(key=lambda row: self._position(EntryKind.QUESTION, row[1].code))
            entries = [entry_of(content, bank) for _question, content in rows]
            self._yaml(f"quizzes/bank/{bank}.yaml", {"questions": entries})


def _module_content(module: Module) -> ModuleContent:
    return ModuleContent(
        code=module.code,
        folder=module.folder,
        position=module.position,
        title=module.title,
        summary=module.summary,
        areas=module.areas,
        skills=module.skills,
        audience=module.audience,
        test_paper_code=module.test_paper_code,
    )


def _module_file(content: ModuleContent) -> dict[str, Any]:
    file = {
        "code": content.code,
        "title": content.title,
        "summary": content.summary,
        "areas": content.areas,
        "skills": content.skills,
        "audience": content.audience,
    }
    test = content.test_paper_code
    return file if test is None else {**file, "test": test}


def _lesson_front(content: LessonContent) -> dict[str, Any]:
    values = asdict(content)
    keys = ("title", "minutes", "outcomes", "skills", "audience", "facts", "citations")
    front = {"id": content.code, **{key: values[key] for key in keys}}
    front["outcomes"] = [{"text": row["text"], "level": row["level"]} for row in content.outcomes]
    return {**front, "in_force_as_of": content.in_force_as_of}


def _programme_file(content: ProgrammeContent) -> dict[str, Any]:
    return {
        "code": content.code,
        "title": content.title,
        "legal_basis": content.legal_basis,
        "scope_unit": content.scope_unit_code,
        "period": {"from": content.period_from, "to": content.period_to},
        "groups": [
            {
                "code": group.code,
                "name": group.name,
                "rules": [
                    {
                        "valid_from": rule.valid_from,
                        "valid_to": rule.valid_to,
                        "citation": rule.citation,
                        "any": [in_order(clause, _CLAUSE_KEYS) for clause in rule.clauses],
                    }
                    for rule in group.rules
                ],
            }
            for group in content.groups
        ],
        "targets": [
            {
                "measure": target.measure,
                "group": target.group_code,
                "percent": Decimal(number_text(target.percent)),
                **({"above": True} if target.above else {}),
                "by": target.by,
            }
            for target in content.targets
        ],
        "path": [
            {"module": item.module_code, "groups": item.group_codes, "required": item.required}
            for item in content.path
        ],
        "completion": content.completion,
        "validity_months": content.validity_months,
        "exclusions": content.exclusions.value,
        "certificate": in_order(content.certificate, ("kind", "title", "issuer", "series")),
    }


_CLAUSE_KEYS = ("duties", "position_types", "unit_kinds")


def _paper_file(content: PaperContent) -> dict[str, Any]:
    sections = [
        {
            key: [_cell(cell) for cell in value] if key == "draw" else value
            for key, value in in_order(section, ("title", "draw", "questions")).items()
        }
        for section in content.sections
    ]
    return {
        "code": content.code,
        "title": content.title,
        "kind": content.kind.value,
        "time_limit_minutes": content.time_limit_minutes,
        "attempts": content.attempts,
        "cooldown_hours": content.cooldown_hours,
        "pass_percent": Decimal(number_text(content.pass_percent)),
        "shuffle": content.shuffle,
        "feedback": content.feedback.value,
        "sections": sections,
    }


def _cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("module", "lesson", "area", "skill", "level", "type", "count", "points")
    ordered = in_order(cell, keys)
    if "points" in ordered:
        ordered["points"] = Decimal(str(ordered["points"]))
    return ordered

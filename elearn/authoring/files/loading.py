"""Writes a read tree: versions only of what changed, drafts where the browser was there first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment import publishing as bank
from elearn.assessment.content import PaperContent
from elearn.assessment.domain.enemies import EnemySets, in_order
from elearn.assessment.forms import enemies
from elearn.assessment.models import Paper, Question
from elearn.authoring import inline_checks
from elearn.authoring.drafts import services as drafts
from elearn.authoring.drafts.content import Content
from elearn.authoring.files.contents import digest, lesson_digest
from elearn.authoring.files.draft_texts import lesson_text, paper_text, question_text
from elearn.authoring.files.models import EntryKind
from elearn.authoring.files.published import (
    LessonNow,
    PaperNow,
    QuestionNow,
    lessons_now,
    papers_now,
    picture_pairs,
    questions_now,
)
from elearn.authoring.files.report import Held, LoadReport
from elearn.authoring.files.rules import Decision, decide
from elearn.authoring.files.states import States
from elearn.authoring.files.tree import Entry, LessonEntry, QuestionEntry, Tree
from elearn.authoring.models import DraftKind
from elearn.curriculum import publishing
from elearn.curriculum.legal import Register, read_register
from elearn.curriculum.media import current_media, pictures_of, store_picture
from elearn.curriculum.models import Lesson, Module
from elearn.curriculum.programmes import upsert_programme
from elearn.curriculum.publishing import Placement, lesson_context
from elearn.infra.richtext_syntax import Context, Picture
from elearn.kernel.actor import Actor
from elearn.kernel.clock import local_day

NOTE = "Nạp từ tệp"
ENEMIES = "enemies"
_ALIVE = select(Question.code).where(Question.retired_at.is_(None))


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What texts lean on once documents, modules and pictures are written."""

    register: Register
    module_ids: dict[str, int]
    pictures: dict[str, dict[str, Picture]]


class Loader:
    """One loading, in the transaction of its caller; nobody else loads meanwhile."""

    def __init__(self, session: Session, tree: Tree, actor: Actor, now: datetime) -> None:
        self.session = session
        self.tree = tree
        self.actor = actor
        self.now = now
        self.states = States(session)
        self.report = LoadReport(applied=True, problems=list(tree.problems))

    def run(self) -> LoadReport:
        """Write everything and return what was done."""
        self._documents()
        self._modules()
        self._kept()
        around = self._surroundings()
        self._questions(around)
        self._papers()
        self._lessons(around)
        self._programmes()
        self._retire()
        self._enemies()
        inline_checks.mark(self.session)
        self.report.refreshed = publishing.refresh_statuses(self.session, around.register)
        self.session.flush()
        return self.report

    # ---- what only files write

    def _documents(self) -> None:
        for entry in self.tree.legal:
            done = publishing.upsert_legal_document(self.session, entry.content)
            self.report.count(EntryKind.LEGAL, done)
            self.states.note(EntryKind.LEGAL, entry, digest(entry.content))

    def _modules(self) -> None:
        for entry in self.tree.modules:
            done = publishing.upsert_module(self.session, entry.content)
            self.report.count(EntryKind.MODULE, done)
            self.states.note(EntryKind.MODULE, entry, digest(entry.content))

    def _programmes(self) -> None:
        for entry in self.tree.programmes:
            done = upsert_programme(self.session, entry.content)
            self.report.count(EntryKind.PROGRAMME, done)
            self.states.note(EntryKind.PROGRAMME, entry, digest(entry.content))

    def _enemies(self) -> None:
        """Write the enemy sets, unless the browser has changed them since the last loading.

        A file that has gone says that there are none any more.
        """
        before = self.states.content(EntryKind.ENEMIES, ENEMIES)
        if not self.tree.enemies and (before is None or not self.tree.has_bank):
            return
        entry = self.tree.enemies[0] if self.tree.enemies else None
        wanted = entry.content if entry else []
        present = enemies.list_sets(self.session)
        alive = set(self.session.scalars(_ALIVE))
        last = before and in_order(
            [code for code in codes if code in alive] for codes in before["sets"]
        )
        decision = decide(
            digest({"sets": wanted}), digest({"sets": last or []}), digest({"sets": present})
        )
        self._write_enemies(entry, wanted, decision)

    def _write_enemies(
        self, entry: Entry[EnemySets] | None, wanted: EnemySets, decision: Decision
    ) -> None:
        if decision is Decision.DRAFT:
            path = entry.path if entry else "quizzes/enemies.yaml"
            self.report.held.append(Held(EntryKind.ENEMIES, ENEMIES, path, None))
            return
        if decision is Decision.PUBLISH:
            enemies.replace_sets(self.session, wanted, user_id=self.actor.user_id, now=self.now)
        done = "updated" if decision is Decision.PUBLISH else "unchanged"
        self.report.count(EntryKind.ENEMIES, done)
        if entry is None:
            self.states.forget(EntryKind.ENEMIES, ENEMIES)
        else:
            self.states.note(EntryKind.ENEMIES, entry, digest({"sets": wanted}), {"sets": wanted})

    def _kept(self) -> None:
        """Note facts and articles, which so far live in the notes alone."""
        for kind, entries in (
            (EntryKind.FACT, self.tree.facts),
            (EntryKind.ARTICLE, self.tree.articles),
        ):
            for entry in entries:
                before, present = self.states.digest(kind, entry.code), digest(entry.content)
                same = "unchanged" if before == present else "updated"
                self.report.count(kind, "created" if before is None else same)
                self.states.note(kind, entry, present, entry.content)

    def _surroundings(self) -> _Surroundings:
        module_ids = {
            row.code: row.id for row in self.session.execute(select(Module.code, Module.id))
        }
        before = current_media(self.session, module_ids.values())
        for file in self.tree.pictures:
            module_id = module_ids[file.module_code]
            known = before.get(module_id, {}).get(file.name)
            if known is None or known.sha256 != file.sha256:
                store_picture(
                    self.session, module_id, file.name, file.content, file.info, now=self.now
                )
                self.report.pictures_added += 1
        after = current_media(self.session, module_ids.values())
        return _Surroundings(
            register=read_register(self.session, local_day(self.now)),
            module_ids=module_ids,
            pictures={
                code: pictures_of(after.get(module_id, {}))
                for code, module_id in module_ids.items()
            },
        )

    # ---- what the browser writes too

    def _questions(self, around: _Surroundings) -> None:
        present = questions_now(self.session)
        for entry in self.tree.questions:
            pictures = around.pictures.get(entry.content.module_code, {})
            file = digest(entry.content, picture_pairs(entry.texts(), pictures))
            done = self._one_question(entry, present.get(entry.code), file, around, pictures)
            self.report.count(EntryKind.QUESTION, done)

    def _one_question(
        self,
        entry: QuestionEntry,
        present: QuestionNow | None,
        file: str,
        around: _Surroundings,
        pictures: dict[str, Picture],
    ) -> str:
        last = self.states.digest(EntryKind.QUESTION, entry.code)
        if decide(file, last, present.digest if present else None) is not Decision.NOTHING:
            # Somebody may be publishing it in the browser: judge again what is there then.
            drafts.lock_place(self.session, DraftKind.QUESTION, entry.code)
            present = questions_now(self.session, entry.code).get(entry.code)
        decision = decide(file, last, present.digest if present else None)
        if decision is Decision.DRAFT and present:
            module_code = entry.content.module_code
            place = drafts.Place(DraftKind.QUESTION, entry.code, module_code, present.number)
            self._hold(EntryKind.QUESTION, entry, file, question_text(entry.content), place)
            return "unchanged"
        question = bank.place_question(self.session, entry.code, entry.bank)
        self.states.note(EntryKind.QUESTION, entry, file)
        if decision is Decision.NOTHING:
            return "updated" if present and present.is_retired else "unchanged"
        context = Context(cite=around.register.cite_plainly, picture=pictures.get)
        bank.publish_question(
            self.session,
            question,
            entry.content,
            context,
            user_id=self.actor.user_id,
            note=NOTE,
            now=self.now,
        )
        return "updated" if present else "created"

    def _papers(self) -> None:
        present = papers_now(self.session)
        for entry in self.tree.papers:
            done = self._one_paper(entry, present.get(entry.code), digest(entry.content))
            self.report.count(EntryKind.PAPER, done)

    def _one_paper(self, entry: Entry[PaperContent], present: PaperNow | None, file: str) -> str:
        last = self.states.digest(EntryKind.PAPER, entry.code)
        if decide(file, last, present.digest if present else None) is not Decision.NOTHING:
            drafts.lock_place(self.session, DraftKind.PAPER, entry.code)
            present = papers_now(self.session, entry.code).get(entry.code)
        decision = decide(file, last, present.digest if present else None)
        if decision is Decision.DRAFT and present:
            place = drafts.Place(DraftKind.PAPER, entry.code, "", present.number)
            self._hold(EntryKind.PAPER, entry, file, paper_text(entry.content), place)
            return "unchanged"
        paper = bank.place_paper(self.session, entry.code)
        self.states.note(EntryKind.PAPER, entry, file)
        if decision is Decision.NOTHING:
            return "updated" if present and present.is_retired else "unchanged"
        bank.publish_paper(
            self.session,
            paper,
            entry.content,
            user_id=self.actor.user_id,
            note=NOTE,
            now=self.now,
        )
        return "updated" if present else "created"

    def _lessons(self, around: _Surroundings) -> None:
        present = lessons_now(self.session)
        for entry in self.tree.lessons:
            pictures = around.pictures.get(entry.module_code, {})
            file = lesson_digest(entry.content, picture_pairs([entry.content.body], pictures))
            done = self._one_lesson(entry, present.get(entry.code), file, around, pictures)
            self.report.count(EntryKind.LESSON, done)

    def _one_lesson(
        self,
        entry: LessonEntry,
        present: LessonNow | None,
        file: str,
        around: _Surroundings,
        pictures: dict[str, Picture],
    ) -> str:
        last = self.states.digest(EntryKind.LESSON, entry.code)
        if decide(file, last, present.digest if present else None) is not Decision.NOTHING:
            drafts.lock_place(self.session, DraftKind.LESSON, entry.code)
            present = lessons_now(self.session, entry.code).get(entry.code)
        decision = decide(file, last, present.digest if present else None)
        if decision is Decision.DRAFT and present:
            place = drafts.Place(DraftKind.LESSON, entry.code, entry.module_code, present.number)
            self._hold(EntryKind.LESSON, entry, file, lesson_text(entry.content), place)
            return "unchanged"
        placement = Placement(around.module_ids[entry.module_code], entry.file_name, entry.position)
        moved = present is not None and present.placement != placement
        lesson = publishing.place_lesson(self.session, entry.code, placement)
        self.states.note(EntryKind.LESSON, entry, file)
        if decision is Decision.NOTHING:
            return "updated" if moved else "unchanged"
        publishing.publish_lesson(
            self.session,
            lesson,
            entry.content,
            lesson_context(around.register, pictures),
            user_id=self.actor.user_id,
            note=NOTE,
            now=self.now,
        )
        return "updated" if present else "created"

    def _hold(
        self,
        kind: EntryKind,
        entry: Entry[Any],
        file: str,
        content: Content,
        place: drafts.Place,
    ) -> None:
        """Make the file's text a draft; what is public stays."""
        draft_id = drafts.open_from_file(self.session, place, content, entry.path, now=self.now)
        self.report.held.append(Held(kind, entry.code, entry.path, draft_id))
        if draft_id is not None:
            self.states.note(kind, entry, file)

    # ---- what has left the files

    def _retire(self) -> None:
        tree = self.tree
        if tree.has_modules:
            self._retire_kind(EntryKind.LESSON, Lesson, {entry.code for entry in tree.lessons})
            self._retire_kind(EntryKind.MODULE, Module, {entry.code for entry in tree.modules})
        if tree.has_bank:
            codes = {entry.code for entry in tree.questions}
            self._retire_kind(EntryKind.QUESTION, Question, codes)
        if tree.has_papers:
            self._retire_kind(EntryKind.PAPER, Paper, {entry.code for entry in tree.papers})
        for kind, entries, is_there in (
            (EntryKind.FACT, tree.facts, tree.has_facts),
            (EntryKind.ARTICLE, tree.articles, True),
        ):
            if is_there:
                for code in self.states.absent(kind, {entry.code for entry in entries}):
                    self.states.forget(kind, code)
                    self.report.retired.append((kind, code))

    def _retire_kind(self, kind: EntryKind, table: Any, codes: set[str]) -> None:  # noqa: ANN401 - four tables
        absent = self.states.absent(kind, codes)
        for row in self.session.scalars(select(table).where(table.code.in_(absent))):
            if row.retired_at is None:
                row.retired_at = self.now
                self.report.retired.append((kind, row.code))
        for code in absent:
            self.states.forget(kind, code)

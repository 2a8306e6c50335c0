"""The learner's home and module pages: what is his to study, how far he is, what is next."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.curriculum.queries import (
    LessonHead,
    ModuleOutline,
    ProgrammeHead,
    list_modules,
    list_paths,
    list_programmes,
)
from elearn.curriculum.rules import PathStep, due_on, is_for
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, NotFound
from elearn.progress.board_rules import (
    LessonLine,
    ModuleCard,
    NextStep,
    ProgrammeCard,
    Standing,
    in_order,
    next_step,
    step_in,
)
from elearn.progress.models import LessonMark
from elearn.progress.queries import completed_modules, list_completions
from elearn.progress.reason_queries import Reason, list_reasons
from elearn.progress.rules import KnownCompletion
from elearn.progress.standing_queries import OPEN_KINDS, list_standings


@dataclass(frozen=True, slots=True)
class Past:
    """A programme that a person has completed and to whose groups he does not belong today."""

    title: str
    completion: KnownCompletion


@dataclass(frozen=True, slots=True)
class Board:
    """The home of a learner."""

    programmes: tuple[ProgrammeCard, ...]
    further: tuple[ModuleCard, ...]
    checks: tuple[Standing, ...]
    past: tuple[Past, ...]
    next_step: NextStep | None

    @property
    def all_done(self) -> bool:
        """Whether every programme of the learner is complete."""
        return all(card.completion is not None for card in self.programmes)


@dataclass(frozen=True, slots=True)
class ModulePage:
    """A module, its next step if there is one, and the programmes on whose path it stands."""

    card: ModuleCard
    step: NextStep | None
    programmes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Record:
    """What one person has done: marks by lesson, module completions, tests by code."""

    marks: Mapping[int, tuple[int, bool]]
    completed: Mapping[int, date]
    tests: Mapping[str, Standing]

    def card(self, outline: ModuleOutline, *, is_required: bool) -> ModuleCard:
        return ModuleCard(
            outline=outline,
            is_required=is_required,
            lessons=tuple(self._line(head) for head in outline.lessons),
            test=self.tests.get(outline.test_code) if outline.test_code else None,
            completed_on=self.completed.get(outline.module_id),
        )

    def _line(self, head: LessonHead) -> LessonLine:
        opened_version_id, is_finished = self.marks.get(head.lesson_id, (None, False))
        return LessonLine(
            head=head,
            is_opened=opened_version_id is not None,
            is_finished=is_finished,
            is_updated=opened_version_id not in (None, head.version_id) and not is_finished,
        )


def _marks(session: Session, person_id: int) -> dict[int, tuple[int, bool]]:
    rows = session.execute(
        select(LessonMark.lesson_id, LessonMark.opened_version_id, LessonMark.finished_at).where(
            LessonMark.person_id == person_id
        )
    )
    return {row.lesson_id: (row.opened_version_id, row.finished_at is not None) for row in rows}


def _record(
    session: Session,
    person_id: int,
    outlines: Iterable[ModuleOutline],
    *,
    checks_at: datetime | None,
) -> _Record:
    codes = [outline.test_code for outline in outlines if outline.test_code]
    return _Record(
        marks=_marks(session, person_id),
        completed=completed_modules(session, person_id),
        tests=list_standings(session, person_id, codes, checks_at=checks_at),
    )


def get_board(session: Session, person_id: int, *, now: datetime) -> Board:
    """Return the home of a learner. Fourteen statements, however much there is to show."""
    outlines = {outline.module_id: outline for outline in list_modules(session)}
    record = _record(session, person_id, outlines.values(), checks_at=now)
    completions = list_completions(session, person_id)
    heads = list_programmes(session)
    programmes = _programmes(session, person_id, heads, _Shelf(outlines, record, completions), now)
    on_path = {card.outline.module_id for each in programmes for card in each.modules}
    return Board(
        programmes=tuple(programmes),
        further=tuple(
            record.card(outline, is_required=False)
            for module_id, outline in outlines.items()
            if module_id not in on_path and outline.lessons
        ),
        checks=tuple(
            test for test in record.tests.values() if test.kind in OPEN_KINDS or test.seat
        ),
        past=_past(heads, programmes, completions),
        next_step=next_step(programmes, record.tests.values(), now),
    )


@dataclass(frozen=True, slots=True)
class _Shelf:
    """All modules, and what one person has done."""

    outlines: Mapping[int, ModuleOutline]
    record: _Record
    completions: Sequence[KnownCompletion]

    def path(self, steps: Iterable[PathStep], groups: Collection[str]) -> tuple[ModuleCard, ...]:
        """Return the modules of a path that concern the members of ``groups``."""
        return tuple(
            self.record.card(self.outlines[step.module_id], is_required=step.required)
            for step in steps
            if is_for(step.groups, groups)
        )

    def valid_completion(self, programme_id: int, today: date) -> KnownCompletion | None:
        """Return the latest completion of a programme that counts today."""
        return next(
            (
                row
                for row in self.completions
                if row.programme_id == programme_id and row.is_valid_on(today)
            ),
            None,
        )


def _programmes(
    session: Session,
    person_id: int,
    heads: Iterable[ProgrammeHead],
    shelf: _Shelf,
    now: datetime,
) -> list[ProgrammeCard]:
    today = local_day(now)
    paths = list_paths(session)
    reasons: dict[int, list[Reason]] = {}
    for reason in list_reasons(session, person_id, today):
        reasons.setdefault(reason.programme_id, []).append(reason)
    cards = []
    for head in heads:
        mine = reasons.get(head.programme_id, [])
        groups = {reason.group_code for reason in mine}
        due = due_on(head.deadlines, groups, today)
        card = ProgrammeCard(
            head=head,
            reasons=tuple(mine),
            modules=shelf.path(paths.get(head.programme_id, ()), groups),
            due_on=due,
            is_past_due=due is not None and due < today,
            completion=shelf.valid_completion(head.programme_id, today),
            was_completed_here=any(
                row.is_online for row in shelf.completions if row.programme_id == head.programme_id
            ),
        )
        cards += [card] if mine else []
    return in_order(cards)


def _past(
    heads: Iterable[ProgrammeHead],
    programmes: Iterable[ProgrammeCard],
    completions: Iterable[KnownCompletion],
) -> tuple[Past, ...]:
    shown = {card.head.programme_id for card in programmes if card.completion is not None}
    titles = {head.programme_id: head.title for head in heads}
    return tuple(
        Past(titles[row.programme_id], row)
        for row in completions
        if row.programme_id not in shown and row.revoked_on is None
    )


def get_module_page(
    session: Session, person_id: int, module_code: str, *, now: datetime
) -> ModulePage:
    """Return a module as a learner sees it. Raises NotFound. Eight statements."""
    found = list_modules(session, module_code)
    if not found:
        raise NotFound("learn.module", N_("Không có chuyên đề này hoặc đã ngừng sử dụng."))
    [outline] = found
    record = _record(session, person_id, found, checks_at=None)
    paths = list_paths(session)
    used_by = [
        head.title
        for head in list_programmes(session)
        if any(step.module_id == outline.module_id for step in paths.get(head.programme_id, ()))
    ]
    card = record.card(outline, is_required=False)
    return ModulePage(card, step_in(card, now), tuple(used_by))

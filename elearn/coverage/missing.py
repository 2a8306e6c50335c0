"""Who of a unit counts and is not trained, and what each still lacks."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from elearn.assessment.models import Attempt, AttemptState, Grade, Paper
from elearn.coverage.queries import ProgrammeInfo, Question, select_missing
from elearn.curriculum.models import Lesson, Module, PathItem
from elearn.curriculum.rules import is_for
from elearn.kernel.paging import Page, PageRequest
from elearn.kernel.text import fold
from elearn.org.models import Person, PositionAssignment, Unit, UnitVersion
from elearn.org.scope import UnitScope, held_true, units_in, valid_on
from elearn.progress import matching
from elearn.progress.models import LessonMark, ModuleCompletion


@dataclass(frozen=True, slots=True)
class Gap:
    """A required module that a person has not completed; ``test_passed`` None: no test."""

    module_title: str
    lesson_count: int
    finished_count: int
    test_passed: bool | None


@dataclass(frozen=True, slots=True)
class MissingPerson:
    """A person to be trained, where he works today, his groups and what he lacks."""

    person_id: int
    code: str
    full_name: str
    title: str | None
    unit_code: str
    unit_name: str
    groups: tuple[str, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Whom to list: the scope, perhaps a unit in it, perhaps words of a name or code."""

    scope: UnitScope
    unit_code: str | None = None
    text: str = ""


def _people(
    session: Session, programme: ProgrammeInfo, search: Search
) -> Select[Person, str | None, str, str]:
    scope = search.scope
    if search.unit_code:
        inside = select(Unit.id).where(Unit.code == search.unit_code, Unit.id.in_(units_in(scope)))
        scope = UnitScope(frozenset(session.scalars(inside)), scope.day)
    question = Question(scope.day)
    query = (
        select(Person, PositionAssignment.title, Unit.code, UnitVersion.name)
        .join(PositionAssignment, PositionAssignment.person_id == Person.id)
        .join(Unit, Unit.id == PositionAssignment.duty_unit_id)
        .join(UnitVersion, UnitVersion.unit_id == Unit.id)
        .where(
            Person.id.in_(select_missing(session, programme, question, units_in(scope))),
            PositionAssignment.is_primary,
            held_true(PositionAssignment),
            valid_on(PositionAssignment, scope.day),
            held_true(UnitVersion),
            valid_on(UnitVersion, scope.day),
        )
    )
    for word in fold(search.text).split():
        query = query.where(
            Person.search_text.contains(word, autoescape=True)
            | func.lower(Person.code).contains(word, autoescape=True)
        )
    return query


def count_missing(session: Session, programme: ProgrammeInfo, search: Search) -> int:
    """Return how many people the list holds."""
    people = _people(session, programme, search).with_only_columns(Person.id)
    return session.scalar(select(func.count()).select_from(people.subquery())) or 0


def page_of_missing(
    session: Session, programme: ProgrammeInfo, search: Search, wanted: PageRequest
) -> Page[MissingPerson]:
    """Return one page of the people who lack something, by given name."""
    query = _people(session, programme, search).order_by(Person.sort_key, Person.id)
    rows = session.execute(query.offset(wanted.offset).limit(wanted.size)).all()
    total = count_missing(session, programme, search)
    people = _with_gaps(session, programme, search.scope, rows)
    return Page(people, wanted.number, wanted.size, total)


def iter_missing(
    session: Session, programme: ProgrammeInfo, search: Search, batch: int = 500
) -> Iterator[MissingPerson]:
    """Yield everybody on the list, in batches."""
    number = 1
    while True:
        page = page_of_missing(session, programme, search, PageRequest(number, batch))
        yield from page.items
        if page.next is None:
            return
        number = page.next


def _with_gaps(
    session: Session, programme: ProgrammeInfo, scope: UnitScope, rows: Sequence[object]
) -> list[MissingPerson]:
    people = [(row[0], row[1], row[2], row[3]) for row in rows]  # type: ignore[index]  # Rows
    ids = [person.id for person, _, _, _ in people]
    groups = _groups(session, programme, scope, ids)
    facts = _Facts(session, programme.id, ids)
    return [
        MissingPerson(
            person_id=person.id,
            code=person.code,
            full_name=person.full_name,
            title=title,
            unit_code=unit_code,
            unit_name=unit_name,
            groups=groups.get(person.id, ()),
            gaps=facts.gaps_of(person.id, groups.get(person.id, ())),
        )
        for person, title, unit_code, unit_name in people
    ]


def _groups(
    session: Session, programme: ProgrammeInfo, scope: UnitScope, ids: Collection[int]
) -> dict[int, tuple[str, ...]]:
    members = matching.members(session, programme.id, scope.day).subquery()
    rows = session.execute(
        select(members.c.person_id, members.c.group_code).where(members.c.person_id.in_(ids))
    )
    held: dict[int, set[str]] = {}
    for person_id, code in rows:
        held.setdefault(person_id, set()).add(code)
    order = [group.code for group in programme.groups]
    return {who: tuple(code for code in order if code in codes) for who, codes in held.items()}


class _Facts:
    """What people have done of a programme's required modules; five statements for a page."""

    def __init__(self, session: Session, programme_id: int, ids: Collection[int]) -> None:
        self.path = session.execute(
            select(Module.id, Module.title, Module.test_paper_code, PathItem.group_codes)
            .join(PathItem, PathItem.module_id == Module.id)
            .where(
                PathItem.programme_id == programme_id,
                PathItem.required,
                Module.retired_at.is_(None),
            )
            .order_by(PathItem.position)
        ).all()
        self.lessons = dict(self._lesson_counts(session))
        self.finished = dict(self._finished_counts(session, ids))
        self.completed = set(self._completed(session, ids))
        self.passed = set(self._passed(session, ids))

    def gaps_of(self, person_id: int, groups: tuple[str, ...]) -> tuple[Gap, ...]:
        """Return the required modules of ``groups`` that the person has not completed."""
        return tuple(
            Gap(
                module_title=title,
                lesson_count=self.lessons.get(module_id, 0),
                finished_count=self.finished.get((person_id, module_id), 0),
                test_passed=(person_id, paper) in self.passed if paper else None,
            )
            for module_id, title, paper, group_codes in self.path
            if is_for(group_codes, groups) and (person_id, module_id) not in self.completed
        )

    @staticmethod
    def _lesson_counts(session: Session) -> Iterator[tuple[int, int]]:
        rows = session.execute(
            select(Lesson.module_id, func.count())
            .where(Lesson.published_version_id.is_not(None), Lesson.retired_at.is_(None))
            .group_by(Lesson.module_id)
        )
        return ((module_id, count) for module_id, count in rows)

    @staticmethod
    def _finished_counts(
        session: Session, ids: Collection[int]
    ) -> Iterator[tuple[tuple[int, int], int]]:
        rows = session.execute(
            select(LessonMark.person_id, Lesson.module_id, func.count())
            .join(Lesson, Lesson.id == LessonMark.lesson_id)
            .where(
                LessonMark.person_id.in_(ids),
                LessonMark.finished_at.is_not(None),
                Lesson.retired_at.is_(None),
            )
            .group_by(LessonMark.person_id, Lesson.module_id)
        )
        return (((person_id, module_id), count) for person_id, module_id, count in rows)

    @staticmethod
    def _completed(session: Session, ids: Collection[int]) -> Iterator[tuple[int, int]]:
        rows = session.execute(
            select(ModuleCompletion.person_id, ModuleCompletion.module_id).where(
                ModuleCompletion.person_id.in_(ids)
            )
        )
        return ((person_id, module_id) for person_id, module_id in rows)

    @staticmethod
    def _passed(session: Session, ids: Collection[int]) -> Iterator[tuple[int, str]]:
        """Yield (person, paper) where the last grade of some attempt is a pass."""
        later = aliased(Grade)
        last = (
            select(func.max(later.number))
            .where(later.attempt_id == Grade.attempt_id)
            .scalar_subquery()
        )
        rows = session.execute(
            select(Attempt.person_id, Paper.code)
            .join(Paper, Paper.id == Attempt.paper_id)
            .join(Grade, Grade.attempt_id == Attempt.id)
            .where(
                Attempt.person_id.in_(ids),
                Attempt.state != AttemptState.VOIDED,
                Grade.passed,
                Grade.number == last,
            )
            .distinct()
        )
        return ((person_id, code) for person_id, code in rows)

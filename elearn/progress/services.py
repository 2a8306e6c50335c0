"""Writes of progress: marks, answers to inline checks, completion of modules and programmes."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.curriculum.models import Programme
from elearn.curriculum.queries import list_paths
from elearn.curriculum.rules import PathStep
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, NotFound
from elearn.org.models import Person
from elearn.progress import matching, queries, rules
from elearn.progress.models import (
    CheckAnswer,
    CompletionSource,
    LessonMark,
    ModuleCompletion,
    ProgrammeCompletion,
)


@dataclass(frozen=True, slots=True)
class NewCompletion:
    """A programme that a person has just completed."""

    completion_id: int
    person_id: int
    programme_id: int
    completed_on: date


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer to the inline check ``question_id``, in the wording ``question_version_id``."""

    question_id: int
    question_version_id: int
    value: object
    is_correct: bool


def lock_person(session: Session, person_id: int) -> None:
    """Hold the row of a person until the act ends; whoever judges his progress waits here.

    Rows that only refer to the person may be added meanwhile (FOR NO KEY UPDATE), so that acts
    which have added some do not wait for each other. Raises NotFound. On SQLite the act already
    holds the write lock.
    """
    row = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    locked = session.scalar(row)
    if locked is None:
        raise NotFound("progress.person", N_("Không tìm thấy hồ sơ cán bộ."))


def find_mark(session: Session, person_id: int, lesson_id: int) -> LessonMark | None:
    """Return the mark of a person in a lesson, for writing."""
    return session.scalar(
        select(LessonMark).where(
            LessonMark.person_id == person_id, LessonMark.lesson_id == lesson_id
        )
    )


def mark_opened(
    session: Session, person_id: int, lesson_id: int, version_id: int, *, now: datetime
) -> None:
    """Remember the first opening of a lesson and the version seen; later ones change nothing."""
    if find_mark(session, person_id, lesson_id) is None:
        session.add(
            LessonMark(
                person_id=person_id,
                lesson_id=lesson_id,
                opened_version_id=version_id,
                opened_at=now,
            )
        )
        session.flush()


def mark_read(session: Session, person_id: int, lesson_id: int, version_id: int) -> None:
    """Remember that a person has been told of ``version_id`` and goes on with it."""
    mark = find_mark(session, person_id, lesson_id)
    if mark is not None and mark.finished_at is None:
        mark.opened_version_id = version_id
        session.flush()


def mark_finished(
    session: Session, person_id: int, lesson_id: int, version_id: int, *, now: datetime
) -> bool:
    """Record that a person finished ``version_id`` of a lesson; return whether it is news.

    Who has finished a lesson stays so, with the version he finished.
    """
    mark_opened(session, person_id, lesson_id, version_id, now=now)
    mark = find_mark(session, person_id, lesson_id)
    if mark is None or mark.finished_at is not None:
        return False
    mark.finished_version_id = version_id
    mark.finished_at = now
    session.flush()
    return True


def save_check_answer(
    session: Session, person_id: int, lesson_id: int, answer: GivenAnswer, *, now: datetime
) -> None:
    """Keep the last answer of a person to an inline check of a lesson."""
    row = session.scalar(
        select(CheckAnswer).where(
            CheckAnswer.person_id == person_id,
            CheckAnswer.lesson_id == lesson_id,
            CheckAnswer.question_id == answer.question_id,
        )
    )
    if row is None:
        row = CheckAnswer(person_id=person_id, lesson_id=lesson_id, question_id=answer.question_id)
        session.add(row)
    row.question_version_id = answer.question_version_id
    row.value = answer.value
    row.is_correct = answer.is_correct
    row.answered_at = now
    session.flush()


def recompute(session: Session, person_id: int, *, now: datetime) -> tuple[NewCompletion, ...]:
    """Record what a person has completed by now; return the programmes that are new.

    Safe to repeat and to run twice at once: the row of the person is locked first, unique keys
    stand behind it. Nothing recorded is ever undone here (design.md section 3).
    """
    lock_person(session, person_id)
    _complete_modules(session, person_id, now=now)
    return _complete_programmes(session, person_id, now=now)


def _complete_modules(session: Session, person_id: int, *, now: datetime) -> None:
    known = queries.completed_modules(session, person_id)
    for facts in queries.list_module_facts(session, person_id):
        if facts.module_id not in known and rules.is_module_complete(facts):
            session.add(
                ModuleCompletion(
                    person_id=person_id,
                    module_id=facts.module_id,
                    completed_on=local_day(now),
                    completed_at=now,
                )
            )
    session.flush()


def _complete_programmes(
    session: Session, person_id: int, *, now: datetime
) -> tuple[NewCompletion, ...]:
    today = local_day(now)
    groups = matching.groups_by_programme(session, person_id, today)
    if not groups:
        return ()
    paths, completed = list_paths(session), queries.completed_modules(session, person_id)
    known = queries.list_completions(session, person_id)
    news = []
    for programme_id, held in groups.items():
        case = _Case(person_id, programme_id, tuple(paths.get(programme_id, ())), completed)
        award = _award(session, case, held, today)
        if award is None or any(rules.bars(row, programme_id, award.day) for row in known):
            continue
        news.append(_record(session, case, award, now=now))
    return tuple(news)


@dataclass(frozen=True, slots=True)
class _Case:
    """A person before a programme: its path and the modules he has completed."""

    person_id: int
    programme_id: int
    path: tuple[PathStep, ...]
    completed: dict[int, date]

    def day_for(self, groups: list[str]) -> date | None:
        required = rules.required_modules(self.path, groups)
        return rules.completion_day(required, self.completed)


@dataclass(frozen=True, slots=True)
class _Award:
    """The day on which a programme was completed, and as a member of which groups."""

    day: date
    groups: list[str]


def _award(session: Session, case: _Case, groups: list[str], today: date) -> _Award | None:
    """Return what a member of ``groups`` today has earned; None while a module is missing.

    The day is that of the last required module. Who came under this path only after that day,
    having studied freely before, completes the programme today: on the earlier day it was not his.
    """
    day = case.day_for(groups)
    if day is None:
        return None
    if day < today:
        earlier = matching.groups_of(session, case.person_id, case.programme_id, day)
        needed = case.day_for(earlier)
        if needed is not None and needed <= day:
            return _Award(day, earlier)
    return _Award(today, groups)


def _record(session: Session, case: _Case, award: _Award, *, now: datetime) -> NewCompletion:
    programme = session.get_one(Programme, case.programme_id)
    row = ProgrammeCompletion(
        person_id=case.person_id,
        programme_id=programme.id,
        completed_on=award.day,
        expires_on=rules.expiry(award.day, programme.validity_months),
        unit_id=queries.find_duty_unit(session, case.person_id, award.day),
        group_codes=award.groups,
        source=CompletionSource.ONLINE,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    return NewCompletion(row.id, case.person_id, programme.id, award.day)

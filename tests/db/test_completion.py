"""Completion of modules and programmes, from the facts to the row."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from elearn.curriculum.models import Module, PathItem, Programme
from elearn.infra.db import transaction
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import NotFound
from elearn.org.models import DutyKind, Person, Unit
from elearn.progress.models import (
    CompletionSource,
    ModuleCompletion,
    ProgrammeCompletion,
)
from elearn.progress.services import NewCompletion, recompute
from tests.factories.assessment import make_paper
from tests.factories.curriculum import (
    make_lesson,
    make_lesson_version,
    make_module,
    make_programme,
)
from tests.factories.org import make_assignment, make_duty, make_person, make_unit
from tests.factories.progress import (
    add_grade,
    make_completion,
    make_graded_attempt,
    make_mark,
    make_module_completion,
)

# 14 March in Viet Nam, still the 13th in UTC.
NOW = datetime(2026, 3, 13, 18, 30, tzinfo=UTC)
DAY = date(2026, 3, 14)


@pytest.fixture
def unit(session: Session) -> Unit:
    return make_unit(session)


@pytest.fixture
def person(session: Session, unit: Unit) -> Person:
    """Return somebody in group G1 of every programme that the factory makes."""
    row = make_person(session)
    make_assignment(session, row, unit)
    make_duty(session, row, unit)
    return row


def after(person: Person, now: datetime = NOW) -> tuple[NewCompletion, ...]:
    return act_of(person.id, now)


def act_of(person_id: int, now: datetime = NOW) -> tuple[NewCompletion, ...]:
    with transaction() as session:
        return recompute(session, person_id, now=now)


def completions(session: Session) -> list[ProgrammeCompletion]:
    session.expire_all()
    return list(session.scalars(select(ProgrammeCompletion).order_by(ProgrammeCompletion.id)))


def test_the_last_lesson_completes_module_and_programme(
    session: Session, person: Person, unit: Unit
) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,), validity_months=24)
    for _ in range(2):
        make_mark(session, person, make_lesson(session, module))

    news = after(person)

    [row] = completions(session)
    assert news == (NewCompletion(row.id, person.id, programme.id, DAY),)
    assert (row.completed_on, row.expires_on, row.revoked_on) == (DAY, date(2028, 3, 14), None)
    assert (row.unit_id, row.group_codes, row.source) == (unit.id, ["G1"], CompletionSource.ONLINE)
    assert row.recorded_at == NOW
    [done] = session.scalars(select(ModuleCompletion))
    assert (done.module_id, done.completed_on, done.completed_at) == (module.id, DAY, NOW)


def test_an_unfinished_lesson_completes_nothing(session: Session, person: Person) -> None:
    module = make_module(session)
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    make_mark(session, person, make_lesson(session, module), finished=False)

    assert after(person) == ()
    assert session.scalar(select(func.count()).select_from(ModuleCompletion)) == 0


def test_lessons_retired_or_not_published_are_not_asked_for(
    session: Session, person: Person
) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    make_lesson(session, module).retired_at = utc_now()
    make_lesson(session, module).published_version_id = None
    session.commit()

    assert [news.programme_id for news in after(person)] == [programme.id]


def test_lessons_without_the_test_are_not_enough(session: Session, person: Person) -> None:
    paper = make_paper(session)
    module = make_module(session, test_paper_code=paper.code)
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    make_graded_attempt(session, person, paper, passed=False, score=3)
    make_graded_attempt(session, make_person(session), paper)
    make_graded_attempt(session, person, make_paper(session))

    assert after(person) == ()


def test_a_passed_test_completes(session: Session, person: Person) -> None:
    paper = make_paper(session)
    module = make_module(session, test_paper_code=paper.code)
    programme = make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    make_graded_attempt(session, person, paper, passed=True)
    make_graded_attempt(session, person, paper, passed=False, score=3)

    assert [news.programme_id for news in after(person)] == [programme.id]


@pytest.mark.parametrize(("first", "regraded"), [(True, False), (False, True)])
def test_the_last_grade_of_an_attempt_counts(
    session: Session, person: Person, *, first: bool, regraded: bool
) -> None:
    paper = make_paper(session)
    module = make_module(session, test_paper_code=paper.code)
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    attempt = make_graded_attempt(session, person, paper, passed=first)
    add_grade(session, attempt, passed=regraded, score=5)

    assert len(after(person)) == int(regraded)


def test_recomputing_adds_nothing(session: Session, person: Person) -> None:
    module = make_module(session)
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    after(person)

    assert after(person, NOW + timedelta(days=3)) == ()
    assert [row.completed_on for row in completions(session)] == [DAY]
    assert session.scalar(select(func.count()).select_from(ModuleCompletion)) == 1


def test_a_later_lesson_or_module_undoes_nothing(session: Session, person: Person) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    after(person)
    make_lesson(session, module)
    further = make_module(session)
    make_lesson(session, further)
    session.add(
        PathItem(
            programme_id=programme.id,
            module_id=further.id,
            position=2,
            group_codes=["ALL"],
            required=True,
        )
    )
    session.commit()

    assert after(person, NOW + timedelta(days=1)) == ()
    assert [row.completed_on for row in completions(session)] == [DAY]


def test_a_newer_version_of_a_finished_lesson_asks_nothing(
    session: Session, person: Person
) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    lesson = make_lesson(session, module)
    make_mark(session, person, lesson)
    make_lesson_version(session, lesson)

    assert [news.programme_id for news in after(person)] == [programme.id]


def test_an_empty_path_completes_nobody(session: Session, person: Person) -> None:
    make_programme(session)
    module = make_module(session)
    make_mark(session, person, make_lesson(session, module))

    assert after(person) == ()


def test_a_module_retired_has_left_the_path(session: Session, person: Person) -> None:
    module, retired = make_module(session), make_module(session)
    programme = make_programme(session, modules=(module, retired))
    make_lesson(session, retired)
    retired.retired_at = utc_now()
    session.commit()
    make_mark(session, person, make_lesson(session, module))

    assert [news.programme_id for news in after(person)] == [programme.id]


def path_for(session: Session, programme: Programme, module: Module, *groups: str) -> None:
    item = session.scalars(
        select(PathItem).where(
            PathItem.programme_id == programme.id, PathItem.module_id == module.id
        )
    ).one()
    item.group_codes = list(groups)
    session.commit()


def test_modules_of_other_groups_are_not_asked_for(session: Session, person: Person) -> None:
    mine, theirs = make_module(session), make_module(session)
    programme = make_programme(session, modules=(mine, theirs))
    path_for(session, programme, mine, "G1", "G2")
    path_for(session, programme, theirs, "G2")
    make_lesson(session, theirs)
    make_mark(session, person, make_lesson(session, mine))

    assert [news.programme_id for news in after(person)] == [programme.id]


def test_who_is_in_no_group_completes_modules_only(session: Session) -> None:
    module = make_module(session)
    make_programme(session, modules=(module,))
    outsider = make_person(session)
    make_assignment(session, outsider, make_unit(session))
    make_mark(session, outsider, make_lesson(session, module))

    assert after(outsider) == ()
    [done] = session.scalars(select(ModuleCompletion))
    assert done.person_id == outsider.id


def test_who_joins_a_group_later_completes_on_the_day_it_is_his(
    session: Session, unit: Unit
) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    newcomer = make_person(session)
    make_assignment(session, newcomer, unit)
    make_mark(session, newcomer, make_lesson(session, module))
    make_module_completion(session, newcomer, module, date(2026, 1, 5))
    make_duty(session, newcomer, unit, DutyKind.ONE_STOP, valid_from=date(2026, 2, 1))

    [news] = after(newcomer)

    assert (news.programme_id, news.completed_on) == (programme.id, DAY)


def test_a_late_count_keeps_the_day_of_the_last_module(
    session: Session, person: Person, unit: Unit
) -> None:
    module = make_module(session)
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    make_module_completion(session, person, module, date(2026, 3, 1))

    [news] = after(person)

    assert news.completed_on == date(2026, 3, 1)
    [row] = completions(session)
    assert (row.unit_id, row.group_codes, row.recorded_at) == (unit.id, ["G1"], NOW)


def test_the_unit_is_that_of_the_primary_post_on_the_day(session: Session) -> None:
    module = make_module(session)
    make_programme(session, modules=(module,))
    mover = make_person(session)
    old, home, duty = (make_unit(session) for _ in range(3))
    make_assignment(session, mover, old, valid_to=DAY)
    make_assignment(session, mover, duty, home_unit=home, valid_from=DAY)
    make_assignment(session, mover, old, is_primary=False)
    make_duty(session, mover, old)
    make_mark(session, mover, make_lesson(session, module))

    after(mover)

    assert [row.unit_id for row in completions(session)] == [duty.id]


def test_one_module_may_complete_two_programmes(session: Session, person: Person) -> None:
    module = make_module(session)
    programmes = [make_programme(session, modules=(module,)) for _ in range(2)]
    make_mark(session, person, make_lesson(session, module))

    assert {news.programme_id for news in after(person)} == {row.id for row in programmes}


def test_a_class_that_still_counts_is_not_completed_again(session: Session, person: Person) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    make_completion(session, person, programme, date(2024, 5, 6))
    make_mark(session, person, make_lesson(session, module))

    assert after(person) == ()
    assert len(completions(session)) == 1


def test_a_retracted_completion_stands_in_nobodys_way(session: Session, person: Person) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    make_completion(session, person, programme, DAY, retracted_at=NOW)
    make_mark(session, person, make_lesson(session, module))

    assert [news.completed_on for news in after(person)] == [DAY]


def test_a_person_who_does_not_exist_is_refused(session: Session) -> None:
    with pytest.raises(NotFound, match="progress.person"), transaction() as act:
        recompute(act, 0, now=NOW)


def test_two_acts_at_once_complete_once(app: Flask, session: Session, person: Person) -> None:
    module = make_module(session)
    make_programme(session, modules=(module,))
    make_mark(session, person, make_lesson(session, module))
    person_id = person.id
    start, news, problems = threading.Barrier(8), [], []

    def act() -> None:
        with app.app_context():
            try:
                start.wait(timeout=20)
                news.extend(act_of(person_id))
            except Exception as problem:
                problems.append(problem)

    threads = [threading.Thread(target=act) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert len(news) == 1
    assert len(completions(session)) == 1

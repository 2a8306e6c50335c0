"""The learner's home and module pages, from the rows."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.models import Attempt, AttemptState, ExtraAttempt, PaperKind
from elearn.curriculum.models import PathItem, Programme, Target
from elearn.kernel.clock import utc_now
from elearn.kernel.errors import NotFound
from elearn.org.models import DutyKind, Person, PositionType, Unit
from elearn.progress.board_queries import get_board, get_module_page
from elearn.progress.board_rules import StepKind
from elearn.progress.models import CompletionSource
from elearn.progress.reason_queries import Reason, list_reasons
from elearn.progress.standing_queries import list_standings
from tests.factories.assessment import make_paper
from tests.factories.curriculum import (
    EVERYBODY,
    make_group,
    make_lesson,
    make_lesson_version,
    make_module,
    make_programme,
)
from tests.factories.org import make_assignment, make_duty, make_person, make_unit, make_user
from tests.factories.progress import (
    add_grade,
    make_completion,
    make_graded_attempt,
    make_mark,
    make_module_completion,
)
from tests.support.statements import recorded

NOW = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)
DAY = date(2026, 3, 14)


@pytest.fixture
def unit(session: Session) -> Unit:
    return make_unit(session, name="Trung tâm Thử")


@pytest.fixture
def person(session: Session, unit: Unit) -> Person:
    """Return somebody in group G1 of every programme that the factory makes."""
    row = make_person(session)
    make_assignment(session, row, unit)
    make_duty(session, row, unit, DutyKind.ONE_STOP, valid_from=date(2025, 7, 1))
    return row


def test_a_member_sees_his_path_and_his_next_lesson(session: Session, person: Person) -> None:
    first, second = make_module(session), make_module(session)
    programme = make_programme(session, modules=(first, second))
    done = make_lesson(session, first)
    left = make_lesson(session, first)
    make_lesson(session, second)
    make_mark(session, person, done)

    board = get_board(session, person.id, now=NOW)

    [card] = board.programmes
    assert card.head.programme_id == programme.id
    assert [item.outline.module_id for item in card.modules] == [first.id, second.id]
    assert [item.is_finished for item in card.modules[0].lessons] == [True, False]
    assert (card.steps_done, card.step_count) == (1, 3)
    assert board.next_step is not None
    assert board.next_step.lesson is not None
    assert board.next_step.lesson.head.code == left.code
    assert (board.further, board.past, board.checks) == ((), (), ())


def test_the_home_takes_the_same_statements_however_much_there_is(
    session: Session, person: Person
) -> None:
    def statements() -> int:
        with recorded() as sent:
            get_board(session, person.id, now=NOW)
        return len(sent)

    module = make_module(session, test_paper_code=make_paper(session).code)
    make_mark(session, person, make_lesson(session, module))
    posts = [{"position_types": ["SPECIALIST"], "unit_kinds": []}]
    make_programme(session, modules=(module,), groups={"G1": EVERYBODY, "G2": posts})
    few = statements()
    for _ in range(4):
        paper = make_paper(session)
        more = make_module(session, test_paper_code=paper.code)
        make_graded_attempt(session, person, paper)
        make_mark(session, person, make_lesson(session, more))
        make_programme(session, modules=(module, more))

    assert (few, statements()) == (14, 14)


def test_modules_for_other_groups_are_not_on_ones_path(session: Session, person: Person) -> None:
    mine, theirs = make_module(session), make_module(session)
    programme = make_programme(session, modules=(mine, theirs))
    item = session.scalars(select(PathItem).filter_by(module_id=theirs.id)).one()
    item.group_codes = ["G2"]
    session.commit()
    make_lesson(session, theirs)

    board = get_board(session, person.id, now=NOW)

    assert [card.outline.module_id for card in board.programmes[0].modules] == [mine.id]
    assert [card.outline.module_id for card in board.further] == [theirs.id]
    assert board.programmes[0].head.programme_id == programme.id


def test_who_is_in_no_group_studies_freely(session: Session, unit: Unit) -> None:
    outsider = make_person(session)
    make_assignment(session, outsider, unit)
    module = make_module(session)
    make_programme(session, modules=(module,))
    make_lesson(session, module)
    make_module(session)

    board = get_board(session, outsider.id, now=NOW)

    assert (board.programmes, board.next_step) == ((), None)
    assert [card.outline.module_id for card in board.further] == [module.id]


def test_an_opened_lesson_with_a_newer_text_is_marked(session: Session, person: Person) -> None:
    module = make_module(session)
    make_programme(session, modules=(module,))
    half_way, finished = make_lesson(session, module), make_lesson(session, module)
    make_mark(session, person, half_way, finished=False)
    make_mark(session, person, finished)
    for lesson in (half_way, finished):
        make_lesson_version(session, lesson)

    [card] = get_board(session, person.id, now=NOW).programmes

    assert [line.is_updated for line in card.modules[0].lessons] == [True, False]


@pytest.mark.parametrize(
    ("group", "by", "due_on", "is_past"),
    [
        ("ALL", date(2026, 3, 14), date(2026, 3, 14), False),
        ("G1", date(2026, 3, 13), date(2026, 3, 13), True),
        ("G2", date(2026, 12, 31), None, False),
    ],
)
def test_the_due_day_is_that_of_ones_groups(
    session: Session, person: Person, group: str, by: date, due_on: date | None, *, is_past: bool
) -> None:
    make_programme(session, modules=(make_module(session),))
    target = session.scalars(select(Target)).one()
    target.group_code, target.by = group, by
    session.commit()

    [card] = get_board(session, person.id, now=NOW).programmes

    assert (card.due_on, card.is_past_due) == (due_on, is_past)


def test_a_completion_that_counts_is_shown_on_its_programme(
    session: Session, person: Person
) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    make_completion(session, person, programme, date(2024, 5, 6))
    make_lesson(session, module)

    board = get_board(session, person.id, now=NOW)

    assert board.programmes[0].completion is not None
    assert board.programmes[0].completion.completed_on == date(2024, 5, 6)
    assert (board.next_step, board.all_done, board.past) == (None, True, ())


def test_an_expired_completion_leaves_the_programme_open(session: Session, person: Person) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    make_completion(session, person, programme, date(2024, 5, 6), expires_on=DAY)
    make_lesson(session, module)

    board = get_board(session, person.id, now=NOW)

    assert board.programmes[0].completion is None
    assert board.next_step is not None
    assert [past.title for past in board.past] == [programme.title]


def past_programme(session: Session, **ending: date) -> Programme:
    programme = make_programme(session, groups={"G1": []})
    person = session.scalars(select(Person)).one()
    make_completion(session, person, programme, date(2024, 5, 6), **ending)
    return programme


def test_a_programme_of_the_past_is_still_told_of(session: Session, person: Person) -> None:
    programme = past_programme(session)

    board = get_board(session, person.id, now=NOW)

    assert board.programmes == ()
    assert [(past.title, past.completion.completed_on) for past in board.past] == [
        (programme.title, date(2024, 5, 6))
    ]


def test_a_revoked_completion_is_not_told_of(session: Session, person: Person) -> None:
    past_programme(session, revoked_on=date(2025, 1, 1))

    assert get_board(session, person.id, now=NOW).past == ()


def test_surveys_and_practice_papers_are_open_to_every_learner(
    session: Session, person: Person
) -> None:
    survey = make_paper(session, kind=PaperKind.SURVEY)
    practice = make_paper(session, kind=PaperKind.PRACTICE)
    make_paper(session, kind=PaperKind.FINAL)
    make_paper(session, kind=PaperKind.SURVEY).retired_at = utc_now()
    make_paper(session, kind=PaperKind.SURVEY).published_version_id = None
    session.commit()

    board = get_board(session, person.id, now=NOW)

    assert {test.code for test in board.checks} == {survey.code, practice.code}


def test_a_standing_tells_attempts_left_and_the_best_result(
    session: Session, person: Person
) -> None:
    paper = make_paper(session, attempts=3, cooldown_hours=24)
    make_graded_attempt(session, person, paper, passed=False, score=3)
    regraded = make_graded_attempt(session, person, paper, passed=True, score=9)
    add_grade(session, regraded, passed=False, score=4)
    make_graded_attempt(session, make_person(session), paper, passed=True, score=10)
    officer = make_user(session)
    session.add(
        ExtraAttempt(
            person_id=person.id,
            paper_id=paper.id,
            count=2,
            reason="Mất điện",
            granted_by=officer.id,
            granted_at=NOW,
        )
    )
    session.commit()

    standing = list_standings(session, person.id, [paper.code], checks_at=None)[paper.code]

    assert (standing.attempts_left, standing.passed, standing.question_count) == (3, False, 2)
    assert standing.best is not None
    assert standing.best.percent == 40
    last = standing.sittings[-1].ended_at
    assert last is not None
    assert standing.opens_again_at is not None
    assert (standing.opens_again_at - last).total_seconds() == 24 * 3600


def test_a_running_attempt_is_the_next_step(session: Session, person: Person) -> None:
    paper = make_paper(session, kind=PaperKind.SURVEY)
    assert paper.published_version_id is not None
    attempt = Attempt(
        person_id=person.id,
        paper_id=paper.id,
        paper_version_id=paper.published_version_id,
        number=1,
        seed="0",
        state=AttemptState.IN_PROGRESS,
        started_at=NOW,
    )
    session.add(attempt)
    session.commit()

    step = get_board(session, person.id, now=NOW).next_step

    assert step is not None
    assert step.test is not None
    assert (step.kind, step.test.open_attempt_id) == (StepKind.GO_ON_TEST, attempt.id)


def test_the_reasons_name_duty_or_post_unit_day_and_rule(
    session: Session, person: Person, unit: Unit
) -> None:
    programme = make_programme(session, groups={"G1": [{"duties": ["ONE_STOP"], "unit_kinds": []}]})
    make_group(
        session,
        programme,
        "G2",
        [{"position_types": ["SPECIALIST"], "unit_kinds": ["PROV_DEPARTMENT"]}],
        position=2,
    )
    make_group(session, programme, "G3", [{"duties": ["PAR_FOCAL"], "unit_kinds": []}], position=3)

    reasons = list_reasons(session, person.id, DAY)

    assert reasons == [
        Reason(
            programme_id=programme.id,
            group_code="G1",
            group_name="Nhóm G1",
            citation=None,
            duty=DutyKind.ONE_STOP,
            position_type=None,
            title=None,
            unit_name="Trung tâm Thử",
            since=date(2025, 7, 1),
        ),
        Reason(
            programme_id=programme.id,
            group_code="G2",
            group_name="Nhóm G2",
            citation=None,
            duty=None,
            position_type=PositionType.SPECIALIST,
            title=None,
            unit_name="Trung tâm Thử",
            since=date(2011, 1, 1),
        ),
    ]


def test_a_module_page_shows_progress_test_and_where_it_is_used(
    session: Session, person: Person
) -> None:
    paper = make_paper(session)
    module = make_module(session, "m1", test_paper_code=paper.code)
    programme = make_programme(session, modules=(module,))
    make_programme(session)
    make_mark(session, person, make_lesson(session, module))

    page = get_module_page(session, person.id, "m1", now=NOW)

    assert (page.card.finished_count, page.programmes) == (1, (programme.title,))
    assert page.step is not None
    assert page.step.kind is StepKind.TEST


def test_a_completed_module_has_no_next_step(session: Session, person: Person) -> None:
    module = make_module(session, "m1")
    make_lesson(session, module)
    make_module_completion(session, person, module, DAY)

    page = get_module_page(session, person.id, "m1", now=NOW)

    assert (page.step, page.card.completed_on) == (None, DAY)


def test_a_module_retired_or_unknown_is_not_found(session: Session, person: Person) -> None:
    make_module(session, "m1").retired_at = utc_now()
    session.commit()

    for code in ("m1", "khong-co"):
        with pytest.raises(NotFound, match="learn.module"):
            get_module_page(session, person.id, code, now=NOW)


def test_an_online_completion_that_expired_is_not_claimed_again(
    session: Session, person: Person
) -> None:
    module = make_module(session)
    programme = make_programme(session, modules=(module,))
    make_module_completion(session, person, module, date(2024, 5, 6))
    make_completion(
        session,
        person,
        programme,
        date(2024, 5, 6),
        expires_on=date(2025, 5, 6),
        source=CompletionSource.ONLINE,
    )

    [card] = get_board(session, person.id, now=NOW).programmes

    assert (card.completion, card.is_to_be_claimed) == (None, False)

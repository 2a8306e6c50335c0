"""What a learner does next."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from elearn.assessment.models import PaperKind
from elearn.curriculum.queries import LessonHead, ModuleOutline, ProgrammeHead
from elearn.progress.board_rules import (
    LessonLine,
    ModuleCard,
    NextStep,
    ProgrammeCard,
    Sitting,
    Standing,
    StepKind,
    in_order,
    next_step,
    step_in,
)
from elearn.progress.rules import KnownCompletion

NOW = datetime(2026, 3, 14, 2, 0, tzinfo=UTC)
DAY = date(2026, 3, 14)


def line(number: int, *, finished: bool = False, opened: bool = False) -> LessonLine:
    head = LessonHead(number, number, f"l{number}", f"Bài {number}", 15)
    return LessonLine(head, opened or finished, finished, is_updated=False)


def sitting(
    number: int = 1,
    *,
    is_open: bool = False,
    passed: bool = False,
    percent: int | None = 40,
) -> Sitting:
    score = None if is_open or percent is None else Decimal(percent)
    return Sitting(number, is_open, None if is_open else NOW, score, passed)


def paper(
    *sittings: Sitting, left: int | None = 2, opens_again_at: datetime | None = None
) -> Standing:
    return Standing(
        code="de",
        title="Đề",
        kind=PaperKind.MODULE_TEST,
        time_limit_minutes=20,
        pass_percent=Decimal(50),
        question_count=10,
        attempts_left=left,
        opens_again_at=opens_again_at,
        sittings=sittings,
    )


def module(
    *lines: LessonLine,
    test: Standing | None = None,
    completed_on: date | None = None,
    required: bool = True,
) -> ModuleCard:
    outline = ModuleOutline(1, "m1", "Chuyên đề", "", None, tuple(each.head for each in lines))
    return ModuleCard(outline, required, lines, test, completed_on)


def programme(
    *cards: ModuleCard,
    completion: KnownCompletion | None = None,
    due_on: date | None = None,
    was_completed_here: bool = False,
) -> ProgrammeCard:
    head = ProgrammeHead(1, "ct", "Chương trình", None, None, "", ())
    return ProgrammeCard(
        head=head,
        reasons=(),
        modules=cards,
        due_on=due_on,
        is_past_due=due_on is not None and due_on < DAY,
        completion=completion,
        was_completed_here=was_completed_here,
    )


COMPLETED = KnownCompletion(1, date(2026, 1, 5), None, None, is_online=True, reference=None)


def test_the_first_unfinished_lesson_comes_next() -> None:
    card = module(line(1, finished=True), line(2), line(3), test=paper())

    assert step_in(card, NOW) == NextStep(StepKind.LESSON, card, lesson=line(2))


@pytest.mark.parametrize(
    ("test", "kind"),
    [
        (paper(), StepKind.TEST),
        (paper(sitting(), left=1), StepKind.TEST),
        (paper(sitting(), left=None), StepKind.TEST),
        (paper(sitting(), left=0), StepKind.NO_ATTEMPTS),
        (paper(sitting(is_open=True), left=0), StepKind.GO_ON_TEST),
        (paper(sitting(), opens_again_at=NOW + timedelta(hours=1)), StepKind.WAIT),
        (paper(sitting(), opens_again_at=NOW), StepKind.TEST),
    ],
)
def test_after_the_lessons_comes_the_test(test: Standing, kind: StepKind) -> None:
    card = module(line(1, finished=True), test=test)

    assert step_in(card, NOW) == NextStep(kind, card, test=test)


@pytest.mark.parametrize(
    "card",
    [
        module(),
        module(line(1, finished=True), completed_on=DAY),
        module(line(1), completed_on=DAY),
        module(line(1, finished=True), test=paper(sitting(passed=True, percent=80))),
    ],
)
def test_nothing_is_left_in_a_module_that_is_done_or_empty(card: ModuleCard) -> None:
    assert step_in(card, NOW) is None


def test_a_running_attempt_comes_before_everything() -> None:
    running = paper(sitting(is_open=True))

    assert next_step([programme(module(line(1)))], [paper(), running], NOW) == NextStep(
        StepKind.GO_ON_TEST, test=running
    )


def test_modules_that_do_not_count_are_no_next_step() -> None:
    cards = (module(line(1), required=False), module(line(2)))

    step = next_step([programme(*cards)], [], NOW)

    assert step is not None
    assert step.module == cards[1]


def test_a_blocked_test_lets_the_next_module_through() -> None:
    blocked = module(line(1, finished=True), test=paper(sitting(), left=0))
    further = module(line(2))

    step = next_step([programme(blocked, further)], [], NOW)

    assert step == NextStep(StepKind.LESSON, further, lesson=line(2))


def test_a_blocked_test_is_told_when_nothing_else_is_left() -> None:
    blocked = module(line(1, finished=True), test=paper(sitting(), left=0))

    step = next_step([programme(blocked)], [], NOW)

    assert step is not None
    assert step.kind is StepKind.NO_ATTEMPTS


def test_a_completed_programme_asks_nothing() -> None:
    assert next_step([programme(module(line(1)), completion=COMPLETED)], [], NOW) is None


def test_programmes_due_next_come_first_then_those_past_then_those_done() -> None:
    done = programme(completion=COMPLETED, due_on=date(2026, 4, 1))
    past = programme(due_on=date(2025, 12, 31))
    soon = programme(due_on=date(2026, 6, 30))
    late = programme(due_on=date(2026, 12, 31))
    open_ended = programme()

    assert in_order([done, past, open_ended, late, soon]) == [soon, late, open_ended, past, done]


def test_the_best_result_is_a_passed_one_first() -> None:
    # A pass mark may have been raised between two attempts.
    high, passed = sitting(1, percent=70), sitting(2, percent=60, passed=True)

    assert paper(high, passed).best == passed
    assert paper().best is None
    assert paper(sitting(is_open=True)).best is None


def test_steps_count_lessons_and_tests() -> None:
    card = programme(
        module(line(1, finished=True), line(2), test=paper()),
        module(line(3, finished=True), line(4), completed_on=DAY),
        module(line(5), required=False),
    )

    assert (card.steps_done, card.step_count, card.minutes_left) == (3, 5, 15)


@pytest.mark.parametrize(
    ("card", "to_claim"),
    [
        (programme(module(line(1, finished=True), completed_on=DAY)), True),
        (programme(module(line(1))), False),
        (programme(), False),
        (programme(module(completed_on=DAY), completion=COMPLETED), False),
        (programme(module(completed_on=DAY), was_completed_here=True), False),
    ],
)
def test_what_was_completed_before_it_was_ones_own_can_be_claimed(
    card: ProgrammeCard, *, to_claim: bool
) -> None:
    assert card.is_to_be_claimed is to_claim


def test_the_last_valid_day_is_the_day_before_expiry() -> None:
    expiring = KnownCompletion(
        1, date(2026, 1, 5), date(2028, 1, 5), None, is_online=True, reference=None
    )

    assert programme(completion=expiring).last_valid_day == date(2028, 1, 4)
    assert programme(completion=COMPLETED).last_valid_day is None

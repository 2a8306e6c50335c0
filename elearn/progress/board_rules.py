"""What a learner does next: pure decisions over his programmes, modules and tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from elearn.assessment.models import PaperKind
from elearn.assessment.rounds.queries import Seat
from elearn.curriculum.queries import LessonHead, ModuleOutline, ProgrammeHead
from elearn.progress.reason_queries import Reason
from elearn.progress.rules import KnownCompletion


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt: when it ended, and its last grade in percent, both None until then."""

    attempt_id: int
    is_open: bool
    ended_at: datetime | None
    percent: Decimal | None
    passed: bool
    round_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A published paper before a person. ``attempts_left`` None: no limit.

    ``seat``: the round in which he sits it, None for papers outside rounds.
    """

    code: str
    title: str
    kind: PaperKind
    time_limit_minutes: int | None
    pass_percent: Decimal
    question_count: int
    attempts_left: int | None
    opens_again_at: datetime | None
    sittings: tuple[Sitting, ...]
    seat: Seat | None = None

    @property
    def open_attempt_id(self) -> int | None:
        """The attempt that is still running."""
        return next((each.attempt_id for each in self.sittings if each.is_open), None)

    @property
    def passed(self) -> bool:
        """Whether some attempt is passed by its last grade."""
        return any(each.passed for each in self.sittings)

    @property
    def best(self) -> Sitting | None:
        """The best graded attempt: a passed one first, then the highest result, then the first."""
        graded = [each for each in self.sittings if each.percent is not None]
        return max(graded, key=lambda each: (each.passed, each.percent), default=None)


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson of a module before a person; ``is_updated``: a newer text than the one opened."""

    head: LessonHead
    is_opened: bool
    is_finished: bool
    is_updated: bool


@dataclass(frozen=True, slots=True)
class ModuleCard:
    """A module before a person."""

    outline: ModuleOutline
    is_required: bool
    lessons: tuple[LessonLine, ...]
    test: Standing | None
    completed_on: date | None

    @property
    def finished_count(self) -> int:
        """How many of its lessons are finished."""
        return sum(line.is_finished for line in self.lessons)

    @property
    def next_lesson(self) -> LessonLine | None:
        """The first lesson not yet finished."""
        return next((line for line in self.lessons if not line.is_finished), None)

    @property
    def is_started(self) -> bool:
        """Whether anything of it has been opened."""
        return any(line.is_opened for line in self.lessons)

    @property
    def step_count(self) -> int:
        """How many things there are to do: lessons, and the test if there is one."""
        return len(self.lessons) + (self.test is not None)

    @property
    def steps_done(self) -> int:
        """How many of them are done; all, once the module is complete."""
        if self.completed_on is not None:
            return self.step_count
        return self.finished_count + (self.test is not None and self.test.passed)

    @property
    def minutes_left(self) -> int:
        """The reading time of the lessons not yet finished."""
        return sum(line.head.minutes for line in self.lessons if not line.is_finished)


@dataclass(frozen=True, slots=True)
class ProgrammeCard:
    """A programme before a member of its groups; ``completion`` is the one that counts today.

    ``was_completed_here``: by studying here, even if it has expired or was revoked since.
    """

    head: ProgrammeHead
    reasons: tuple[Reason, ...]
    modules: tuple[ModuleCard, ...]
    due_on: date | None
    is_past_due: bool
    completion: KnownCompletion | None
    was_completed_here: bool

    @property
    def required(self) -> tuple[ModuleCard, ...]:
        """The modules that count."""
        return tuple(card for card in self.modules if card.is_required)

    @property
    def done_count(self) -> int:
        """How many of the modules that count are complete."""
        return sum(card.completed_on is not None for card in self.required)

    @property
    def step_count(self) -> int:
        """How many lessons and tests count."""
        return sum(card.step_count for card in self.required)

    @property
    def steps_done(self) -> int:
        """How many of them are done."""
        return sum(card.steps_done for card in self.required)

    @property
    def is_to_be_claimed(self) -> bool:
        """Whether all modules that count are complete and the programme has not been counted."""
        if self.completion is not None or self.was_completed_here or not self.required:
            return False
        return self.done_count == len(self.required)

    @property
    def last_valid_day(self) -> date | None:
        """The last day on which the completion counts; None when it does not expire."""
        if self.completion is None or self.completion.expires_on is None:
            return None
        return self.completion.expires_on - timedelta(days=1)

    @property
    def minutes_left(self) -> int:
        """The reading time left in the modules that count."""
        return sum(card.minutes_left for card in self.required if card.completed_on is None)


class StepKind(StrEnum):
    """What the one primary button of the home does, or why there is none."""

    GO_ON_TEST = "GO_ON_TEST"
    LESSON = "LESSON"
    TEST = "TEST"
    WAIT = "WAIT"
    NO_ATTEMPTS = "NO_ATTEMPTS"


@dataclass(frozen=True, slots=True)
class NextStep:
    """The single next step; ``lesson`` for LESSON, ``test`` for the others."""

    kind: StepKind
    module: ModuleCard | None = None
    lesson: LessonLine | None = None
    test: Standing | None = None


# Steps that the learner can take now, before those for which he has to wait or to ask.
_NOW = (StepKind.GO_ON_TEST, StepKind.LESSON, StepKind.TEST)


def step_in(card: ModuleCard, now: datetime) -> NextStep | None:
    """Return what is left to do in a module; None when nothing is or nothing can be done."""
    if card.completed_on is not None:
        return None
    if card.next_lesson is not None:
        return NextStep(StepKind.LESSON, card, lesson=card.next_lesson)
    if card.test is None or card.test.passed:
        return None
    return NextStep(_test_step(card.test, now), card, test=card.test)


def _test_step(test: Standing, now: datetime) -> StepKind:
    if test.open_attempt_id is not None:
        return StepKind.GO_ON_TEST
    if test.attempts_left == 0:
        return StepKind.NO_ATTEMPTS
    if test.opens_again_at is not None and now < test.opens_again_at:
        return StepKind.WAIT
    return StepKind.TEST


def next_step(
    programmes: Sequence[ProgrammeCard], tests: Iterable[Standing], now: datetime
) -> NextStep | None:
    """Return the single next step of a learner; None when all his programmes are done.

    A running attempt first, as its time runs. Then the first thing to do in the modules that
    count, in the order of programmes and paths; only when nothing can be done, what is waited for.
    """
    running = next((test for test in tests if test.open_attempt_id is not None), None)
    if running is not None:
        return NextStep(StepKind.GO_ON_TEST, test=running)
    steps = [
        step
        for programme in programmes
        if programme.completion is None
        for card in programme.required
        if (step := step_in(card, now)) is not None
    ]
    return next((step for step in steps if step.kind in _NOW), steps[0] if steps else None)


def in_order(programmes: Iterable[ProgrammeCard]) -> list[ProgrammeCard]:
    """Return ``programmes`` as a learner meets them: those due next, those past, those done."""
    return sorted(
        programmes,
        key=lambda card: (
            card.completion is not None,
            card.is_past_due,
            card.due_on or date.max,
        ),
    )

"""Who may begin, see and judge an attempt: pure decisions over given facts."""

from dataclasses import dataclass
from datetime import datetime

from elearn.assessment.domain import timing
from elearn.assessment.models import AnswerStatus, AttemptState, FeedbackRule
from elearn.kernel.clock import LOCAL_ZONE
from elearn.kernel.errors import N_, AppError, Conflict, NotFound

# The reason of a grade that a human decision made with answers that came too late (I5).
LATE_COUNTED = "late_counted"


@dataclass(frozen=True, slots=True)
class History:
    """What counts of a person's earlier attempts at a paper."""

    used: int
    granted: int
    last_ended_at: datetime | None


def no_such_attempt() -> NotFound:
    """Return the one answer for attempts that are not there and for those of others."""
    return NotFound("assessment.attempt", N_("Không có lượt làm bài này trong hồ sơ của bạn."))


def refusal_to_start(
    limit: int | None, cooldown_hours: int, history: History, now: datetime
) -> AppError | None:
    """Return why a further attempt may not begin now, None when it may."""
    if timing.attempts_left(limit, history.granted, history.used) == 0:
        return Conflict(
            "assessment.attempts",
            N_("Bạn đã dùng hết %(used)s lượt làm bài này."),
            used=history.used,
        )
    opens_at = timing.open_again_at(history.last_ended_at, cooldown_hours)
    if opens_at is not None and now < opens_at:
        return Conflict(
            "assessment.cooldown",
            N_("Lượt làm bài tiếp theo bắt đầu được từ %(time)s."),
            time=opens_at.astimezone(LOCAL_ZONE).strftime("%H:%M %d/%m/%Y"),
        )
    return None


def verdict(
    state: AttemptState,
    deadline_at: datetime | None,
    current_epoch: int,
    event_epoch: int,
    now: datetime,
) -> tuple[AnswerStatus, str | None]:
    """Return what becomes of an event received ``now``, and the reason it does not count.

    An event of an older device never counts by itself, so that it is judged first (I8); then
    lateness by the deadline and by the attempt having ended (I4, I5).
    """
    if event_epoch < current_epoch:
        return AnswerStatus.SUPERSEDED, "epoch"
    if state is AttemptState.VOIDED:
        return AnswerStatus.LATE, "voided"
    if timing.is_overdue(deadline_at, now):
        return AnswerStatus.LATE, "deadline"
    if state is not AttemptState.IN_PROGRESS:
        return AnswerStatus.LATE, "submitted"
    return AnswerStatus.STORED, None


def is_released(
    rule: FeedbackRule, state: AttemptState, *, in_round: bool = False, is_closed: bool = False
) -> bool:
    """Whether keys, feedback and explanations of an attempt may be shown to its examinee.

    In a round nothing is shown before it has closed, so that early ones cannot help late ones:
    AFTER_SUBMIT waits as AFTER_CLOSE does. Outside rounds AFTER_CLOSE never comes.
    """
    if state is not AttemptState.GRADED or rule is FeedbackRule.NEVER:
        return False
    return is_closed if in_round else rule is FeedbackRule.AFTER_SUBMIT


def shows_score(state: AttemptState, *, in_round: bool, is_closed: bool) -> bool:
    """Whether the examinee may see score and verdict of an attempt.

    Those of a round come when it has closed, for everybody at once (domain.md section 7).
    """
    return state is AttemptState.GRADED and (is_closed or not in_round)

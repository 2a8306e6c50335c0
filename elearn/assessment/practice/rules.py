"""When a card is due again: FSRS, by its maintained library."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from elearn.assessment.practice.models import Recall

# So many questions that he has never reviewed join a day's review; what is due comes first.
NEW_A_DAY = 10
# An aggregate tells of a group, never of fewer people than this.
FEWEST_PEOPLE = 5
_FORGETS_BELOW = 0.9
_LONGEST_DAYS = 365


def recall_of(share: Decimal) -> Recall:
    """Return the grade of an answer worth ``share`` (0 to 1), before he says how hard it was."""
    if share == 1:
        return Recall.GOOD
    return Recall.HARD if share >= Decimal("0.5") else Recall.AGAIN


def may_say(share: Decimal) -> tuple[Recall, ...]:
    """Return what somebody may say of an answer worth ``share``: only a right one can be easy."""
    return (Recall.HARD, Recall.GOOD, Recall.EASY) if share == 1 else ()


def review(
    memory: Mapping[str, Any] | None, recall: Recall, now: datetime
) -> tuple[dict[str, Any], datetime]:
    """Return (memory, due instant) of a card after ``recall`` at ``now``.

    Steps inside a day are left out: the review is daily. The schedule is not scattered at
    random, so that the same answers lead to the same days.
    """
    from fsrs import Card, Rating, Scheduler  # noqa: PLC0415 - not loaded with the site

    scheduler = Scheduler(
        desired_retention=_FORGETS_BELOW,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=_LONGEST_DAYS,
        enable_fuzzing=False,
    )
    card = Card.from_dict(cast("Any", dict(memory))) if memory else Card(card_id=1, due=now)
    after, _log = scheduler.review_card(card, Rating(int(recall)), now)
    return dict(after.to_dict()), after.due

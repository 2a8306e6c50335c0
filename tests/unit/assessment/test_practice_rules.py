"""When a card is due again: harder answers sooner, easier ones later, a miss tomorrow."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.practice import rules
from elearn.assessment.practice.models import Recall

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "recall"),
    [("1", Recall.GOOD), ("0.75", Recall.HARD), ("0.4", Recall.AGAIN), ("0", Recall.AGAIN)],
)
def test_recall_follows_what_the_answer_earned(share: str, recall: Recall) -> None:
    assert rules.recall_of(Decimal(share)) is recall


def test_only_a_right_answer_can_be_called_easy() -> None:
    assert Recall.EASY in rules.may_say(Decimal(1))
    assert rules.may_say(Decimal("0.99")) == ()


def test_intervals_grow_while_it_is_remembered_and_shrink_when_it_is_not() -> None:
    memory, due = rules.review(None, Recall.GOOD, NOW)
    first = due - NOW
    memory, due_again = rules.review(memory, Recall.GOOD, due)
    assert due_again - due > first >= timedelta(days=1)
    _, after_a_miss = rules.review(memory, Recall.AGAIN, due_again)
    assert after_a_miss - due_again < due_again - due


@given(st.lists(st.sampled_from(list(Recall)), min_size=1, max_size=30))
def test_any_history_has_a_next_day_within_a_year(history: list[Recall]) -> None:
    memory, at = None, NOW
    for recall in history:
        memory, due = rules.review(memory, recall, at)
        assert timedelta(0) < due - at <= timedelta(days=365)
        at = due


def test_the_same_answers_lead_to_the_same_day() -> None:
    assert rules.review(None, Recall.HARD, NOW) == rules.review(None, Recall.HARD, NOW)


def test_better_is_never_sooner() -> None:
    memory, due = rules.review(None, Recall.GOOD, NOW)
    dues = [rules.review(memory, recall, due)[1] for recall in Recall]
    assert dues == sorted(dues)

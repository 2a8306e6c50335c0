"""In which order options are shown: by the seed, and never as the author wrote the right order."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.domain.question_types import TYPES
from elearn.assessment.models import QuestionVersion
from elearn.assessment.queries import list_option_orders
from tests.factories.assessment import make_question
from tests.factories.questions import CLOZE, MATCHING, ORDERING

SEEDS = [f"{number:032x}" for number in range(24)]


@pytest.fixture
def versions(session: Session) -> list[int]:
    make_question(session, "q1")
    make_question(session, "q2", type="ordering")
    make_question(session, "q3", type="matching")
    make_question(session, "q4", type="cloze")
    make_question(session, "q5", type="true_false")
    return list(session.scalars(select(QuestionVersion.id).order_by(QuestionVersion.id)))


def test_what_is_written_in_the_right_order_is_always_shuffled(
    session: Session, versions: list[int]
) -> None:
    drawn = [list_option_orders(session, versions, seed, shuffle=False) for seed in SEEDS]
    assert {tuple(orders[0]) for orders in drawn} == {("a", "b", "c", "d")}
    assert {tuple(orders[3]) for orders in drawn} == {("1.a", "1.b", "1.c")}
    assert {tuple(orders[4]) for orders in drawn} == {()}
    for place, (name, body) in {1: ("ordering", ORDERING), 2: ("matching", MATCHING)}.items():
        ids = TYPES[name].option_ids(body)
        assert all(sorted(orders[place]) == ids for orders in drawn)
        # Of 24 seeds hardly two give the same order of four.
        assert len({tuple(orders[place]) for orders in drawn}) > 8
    assert TYPES["cloze"].option_ids(CLOZE) == ["1.a", "1.b", "1.c"]


def test_a_seed_gives_one_order(session: Session, versions: list[int]) -> None:
    for shuffle in (True, False):
        first, again = (
            list_option_orders(session, versions, SEEDS[0], shuffle=shuffle) for _ in range(2)
        )
        assert first == again


def test_a_part_of_a_case_is_shuffled_within_itself(session: Session) -> None:
    make_question(session, "q1", type="case")
    version_id = session.scalars(select(QuestionVersion.id)).one()
    drawn = [list_option_orders(session, [version_id], seed, shuffle=False)[0] for seed in SEEDS]
    choices = {tuple(each for each in order if each.startswith("1/")) for order in drawn}
    assert choices == {("1/a", "1/b")}
    items = {tuple(each for each in order if each.startswith("2/")) for order in drawn}
    assert all(sorted(order) == ["2/a", "2/b", "2/c", "2/d"] for order in items)
    assert len(items) > 8

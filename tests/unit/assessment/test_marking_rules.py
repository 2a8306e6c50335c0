"""When essays are marked twice, and what marks come to."""

from decimal import Decimal

import pytest

from elearn.assessment.marking import rules
from elearn.assessment.marking.rules import POLICIES, Line, marks_needed, settled, share_of
from elearn.assessment.models import PaperKind

D = Decimal
APART = D("0.2")


@pytest.mark.parametrize(
    ("shares", "needed", "share"),
    [
        ([], 1, None),
        ([D("0.4")], 1, D("0.4")),
        ([D("0.4")], 2, None),
        ([D("0.4"), D("0.6")], 2, D("0.5")),
        ([D("0.4"), D("0.61")], 2, None),
        ([D("0.4"), D("0.61")], 3, None),
        ([D("0.4"), D("0.9"), D("0.7")], 3, D("0.7")),
    ],
)
def test_what_counts(shares: list[Decimal], needed: int, share: Decimal | None) -> None:
    assert settled(shares, needed, APART) == share


@pytest.mark.parametrize("token", ["0" * 16, "f" * 16])
def test_final_tests_and_exams_are_marked_twice_always(token: str) -> None:
    assert marks_needed(PaperKind.FINAL, token, is_exam=False) == 2
    assert marks_needed(PaperKind.PRACTICE, token, is_exam=True) == 2


def test_of_other_papers_the_share_that_was_set() -> None:
    tokens = [f"{number:02x}" + "0" * 14 for number in range(256)]
    twice = [marks_needed(PaperKind.SURVEY, token, is_exam=False) for token in tokens].count(2)
    assert twice == 52
    assert POLICIES[PaperKind.SURVEY].second == D("0.2")
    assert {marks_needed(PaperKind.PRACTICE, token, is_exam=False) for token in tokens} == {1}


def test_the_share_weighs_the_lines_of_the_rubric() -> None:
    rubric = [Line("a", D(1)), Line("b", D(2))]
    assert share_of(rubric, [D(1), D(0)]) == D("0.3333333333")
    assert rules.counting([1, 2]) == (1, 2)
    assert rules.counting([1, 2, 3]) == (3,)

"""Enemy sets as lists of question codes: of each set at most one stands in a form. Pure."""

from collections.abc import Iterable, Sequence

MOST_IN_A_SET = 50
EnemySets = list[list[str]]


def in_order(sets: Iterable[Iterable[str]]) -> EnemySets:
    """Return ``sets`` as files keep them: sorted, without those that hold nobody apart."""
    return sorted(codes for each in sets if len(codes := sorted(set(each))) > 1)


def groups_of(sets: Iterable[Sequence[str]]) -> dict[str, str]:
    """Return {question code: name of its set} for a draw."""
    return {code: codes[0] for codes in sets for code in codes}

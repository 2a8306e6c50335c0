"""The shape of ``quizzes/enemies.yaml``: sets of questions that never stand in one form.

    enemies:
      - [m1-003, m1-017]
      - [m1-020, m1-021, m2-004]

Of each set a form holds at most one question. A question stands in one set at most: two sets that
share a question are one (docs/adr/0009-equivalent-forms.md).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field, ValidationError

from elearn.assessment.domain.enemies import MOST_IN_A_SET
from elearn.kernel.errors import N_
from elearn.kernel.shapes import Id, Problem, Shape, problems_of


class EnemiesFile(Shape):
    """The whole file."""

    enemies: list[Annotated[list[Id], Field(min_length=2, max_length=MOST_IN_A_SET)]]


def read_enemies(data: object) -> EnemiesFile | list[Problem]:
    """Return the sets that ``data`` (the file) holds, or what is wrong with it."""
    if not isinstance(data, Mapping):
        return [Problem((), N_("phải là một nhóm “tên: giá trị”"))]
    try:
        file = EnemiesFile.model_validate({str(key): value for key, value in data.items()})
    except ValidationError as error:
        return problems_of(error)
    return _repeated(file.enemies) or file


def _repeated(sets: Sequence[Sequence[str]]) -> list[Problem]:
    """Return the questions that stand twice."""
    first: dict[str, int] = {}
    problems = []
    for number, codes in enumerate(sets):
        for position, code in enumerate(codes):
            other = first.setdefault(code, number)
            if code in codes[:position]:
                message = N_("câu hỏi “%(code)s” bị lặp lại trong nhóm")
            elif other != number:
                message = N_(
                    "câu hỏi “%(code)s” đã thuộc nhóm thứ %(number)s; hãy gộp hai nhóm làm một"
                )
            else:
                continue
            values = {"code": code, "number": other + 1}
            problems.append(Problem(("enemies", number, position), message % values))
    return problems

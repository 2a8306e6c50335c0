"""A draft against the shapes of the files: the half of the checks that loads pydantic.

Imported when a draft is checked, never with the pages.
"""

from pydantic import ValidationError

from elearn.assessment.formats.papers import read_paper
from elearn.assessment.formats.questions import body_problems, read_question
from elearn.authoring.drafts.content import (
    LessonText,
    PaperText,
    QuestionText,
    paper_data,
    question_data,
    to_json,
)
from elearn.authoring.files.shapes import LessonFront
from elearn.kernel.shapes import Problem, problems_of


def lesson_problems(code: str, lesson: LessonText) -> list[Problem]:
    """Return what the front matter of a lesson file says of ``lesson``."""
    data = to_json(lesson)
    data.pop("body")
    try:
        LessonFront.model_validate({**data, "id": code, "in_force_as_of": lesson.in_force_as_of})
    except ValidationError as error:
        return problems_of(error)
    return []


def paper_problems(code: str, paper: PaperText) -> list[Problem]:
    """Return what the shape of a paper file says of ``paper``."""
    read = read_paper(paper_data(code, paper))
    return read if isinstance(read, list) else []


def question_problems(code: str, question: QuestionText) -> list[Problem]:
    """Return what the shape of a bank question says of ``question``."""
    read = read_question(question_data(code, question))
    return read if isinstance(read, list) else []


def is_whole(question: QuestionText) -> bool:
    """Whether the body of ``question`` has the shape of its type, so that it can be asked."""
    return not body_problems(question.type, question.body or {})

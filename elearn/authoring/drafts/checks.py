"""Whether a draft is fit to be published: the checks of content files, on the text of the editor.

Shapes are those of the files (authoring.files.shapes, assessment.formats), references are compared
with what the site knows. Lines count from the first line of the Markdown. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING

from elearn.assessment.domain.question_types import TYPES
from elearn.authoring.drafts.content import LessonText, QuestionText, to_json
from elearn.authoring.drafts.keys import texts_of
from elearn.infra.richtext_source import Kind, scan
from elearn.kernel.errors import N_

if TYPE_CHECKING:
    from elearn.kernel.shapes import Problem as ShapeProblem


@dataclass(frozen=True, slots=True)
class Known:
    """What a text of the module ``module_code`` may refer to.

    Codes of documents, of published lessons with their modules, of published questions that can
    be asked, of facts (none: facts are not checked), and names of pictures.
    """

    module_code: str
    documents: frozenset[str]
    lessons: Mapping[str, str]
    questions: frozenset[str]
    pictures: frozenset[str]
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """A Vietnamese sentence about ``line`` of the Markdown, or about a part of the form.

    What is no error (``is_error`` False) is only worth knowing.
    """

    message: str
    line: int | None = None
    is_error: bool = True


_PARTS = {
    "title": N_("Tên bài"),
    "minutes": N_("Thời lượng"),
    "outcomes": N_("Kết quả cần đạt"),
    "skills": N_("Kỹ năng"),
    "audience": N_("Dành cho ai"),
    "facts": N_("Mã dữ kiện"),
    "citations": N_("Văn bản viện dẫn"),
    "in_force_as_of": N_("Cập nhật pháp luật đến ngày"),
    "type": N_("Loại câu hỏi"),
    "level": N_("Mức độ"),
    "lesson": N_("Bài học"),
    "area": N_("Lĩnh vực"),
    "points": N_("Điểm"),
    "stem": N_("Câu hỏi"),
    "options": N_("Phương án"),
    "answer": N_("Đáp án"),
    "explanation": N_("Giải thích"),
    "scoring": N_("Cách chấm"),
    "pairs": N_("Các cặp"),
    "distractors": N_("Ý gây nhiễu"),
    "items": N_("Các mục"),
    "answers": N_("Các đáp án"),
    "match": N_("So với đáp án"),
    "tolerance": N_("Sai số"),
    "unit": N_("Đơn vị"),
    "blanks": N_("Các chỗ trống"),
    "rubric": N_("Tiêu chí chấm"),
    "min_words": N_("Số từ tối thiểu"),
    "questions": N_("Các câu hỏi của tình huống"),
}


def check(code: str, content: LessonText | QuestionText, known: Known) -> list[Problem]:
    """Return what stands against publishing ``content`` as the lesson or question ``code``."""
    if isinstance(content, QuestionText):
        problems = [*_question_shape(code, content), *_question_references(content, known)]
    else:
        problems = [*_lesson_shape(code, content), *_lesson_references(content, known)]
    return sorted(problems, key=lambda problem: (problem.line or 0, not problem.is_error))


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems that forbid publication."""
    return [problem for problem in problems if problem.is_error]


def _lesson_shape(code: str, lesson: LessonText) -> Iterator[Problem]:
    from elearn.authoring.drafts.shape_checks import lesson_problems  # noqa: PLC0415 - pydantic

    yield from (_of_shape(problem) for problem in lesson_problems(code, lesson))
    if not lesson.outcomes:
        yield Problem("Kết quả cần đạt: phải có ít nhất một dòng")
    if not to_json(lesson)["body"].strip():
        yield Problem("Nội dung bài: không được để trống")


def _of_shape(problem: "ShapeProblem") -> Problem:
    return Problem(
        f"{_place(problem.path)}: {problem.message}" if problem.path else problem.message
    )


def _place(path: tuple[str | int, ...]) -> str:
    """Return in words where in the form ``path`` points."""
    if path[0] == "questions" and len(path) > 2:
        return f"Câu {int(path[1]) + 1}, {_place(path[2:])}"
    name = _PARTS.get(str(path[0]), str(path[0]))
    if len(path) == 1 or not isinstance(path[1], int):
        return name
    if path[0] == "options":
        part = " (nhận xét)" if path[-1] == "feedback" else ""
        return f"{name} {ascii_uppercase[path[1] % 26]}{part}"
    return f"{name}, dòng {path[1] + 1}"


def _document(reference: str) -> str:
    return reference.partition(":")[0]


def _citations(references: Iterable[str], known: Known) -> Iterator[Problem]:
    for reference in references:
        if _document(reference) not in known.documents:
            yield Problem(f"Văn bản viện dẫn: chưa có văn bản “{_document(reference)}”")


def _facts(facts: Iterable[str], known: Known) -> Iterator[Problem]:
    for fact in facts:
        if known.facts and fact not in known.facts:
            yield Problem(f"Mã dữ kiện: không có dữ kiện “{fact}”")


def _lesson_references(lesson: LessonText, known: Known) -> Iterator[Problem]:
    yield from _citations(lesson.citations, known)
    yield from _facts(lesson.facts, known)
    seen_checks: set[str] = set()
    for finding in scan(str(to_json(lesson)["body"])):
        if finding.kind is Kind.CHECK and finding.value in seen_checks:
            yield Problem(f"câu hỏi “{finding.value}” được đặt hai lần trong bài", finding.line)
        if finding.kind is Kind.CHECK:
            seen_checks.add(finding.value)
        yield from _finding(finding.kind, finding.line, finding.value, known)


def _finding(kind: Kind, line: int | None, value: str, known: Known) -> Iterator[Problem]:
    if kind is Kind.PROBLEM:
        yield Problem(value, line)
    elif kind is Kind.NOTE:
        yield Problem(value, line, is_error=False)
    elif kind is Kind.CITATION and _document(value) not in known.documents:
        yield Problem(f"chưa có văn bản “{_document(value)}” trong danh mục", line)
    elif kind is Kind.PICTURE and value not in known.pictures:
        yield Problem(f"chuyên đề không có hình “{value}”", line)
    elif kind is Kind.CHECK and value not in known.questions:
        yield Problem(f"chưa có câu hỏi “{value}” được xuất bản", line)


def _question_shape(code: str, question: QuestionText) -> Iterator[Problem]:
    if question.type not in TYPES:
        yield Problem(f"Loại câu hỏi: chưa soạn được loại “{question.type}” trong trình duyệt")
        return
    from elearn.authoring.drafts.shape_checks import question_problems  # noqa: PLC0415 - pydantic

    yield from (_of_shape(problem) for problem in question_problems(code, question))


def _question_references(question: QuestionText, known: Known) -> Iterator[Problem]:
    yield from _citations(question.citations, known)
    yield from _facts(question.facts, known)
    lesson = question.lesson
    if lesson is not None and lesson not in known.lessons:
        yield Problem(f"Bài học: chưa có bài “{lesson}” được xuất bản")
    elif lesson is not None and known.lessons[lesson] != known.module_code:
        yield Problem(f"Bài học: bài “{lesson}” không thuộc chuyên đề “{known.module_code}”")
    for path, text in texts_of(question.body or {}):
        for finding in scan(text):
            for problem in _finding(finding.kind, None, finding.value, known):
                yield Problem(f"{_place(path)}: {problem.message}", is_error=problem.is_error)

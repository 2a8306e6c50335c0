"""A draft cut into parts that people compare: each a label and plain text. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from elearn.assessment.domain.draw import CRITERIA
from elearn.authoring.difference import Difference, compare
from elearn.authoring.drafts.content import Content, LessonText, PaperText, QuestionText
from elearn.authoring.drafts.keys import key_lines
from elearn.kernel.errors import N_


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a text; ``label`` is a Vietnamese message still to be translated."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class SectionDifference:
    """How one part changed."""

    label: str
    difference: Difference


def sections(content: Content) -> tuple[Section, ...]:
    """Return the parts of ``content`` in the order of the form."""
    if isinstance(content, PaperText):
        return tuple(Section(label, text) for label, text in _paper(content))
    if isinstance(content, QuestionText):
        return tuple(Section(label, text) for label, text in _question(content))
    return tuple(Section(label, text) for label, text in _lesson(content))


def _lesson(lesson: LessonText) -> Iterable[tuple[str, str]]:
    day = lesson.in_force_as_of
    yield N_("Tên bài"), lesson.title
    yield N_("Nội dung"), lesson.body
    yield N_("Thời lượng (phút)"), "" if lesson.minutes is None else str(lesson.minutes)
    yield (
        N_("Kết quả cần đạt"),
        "\n".join(f"{outcome.level}: {outcome.text}" for outcome in lesson.outcomes),
    )
    yield N_("Kỹ năng"), ", ".join(lesson.skills)
    yield N_("Dành cho ai"), "\n".join(lesson.audience)
    yield N_("Mã dữ kiện"), ", ".join(lesson.facts)
    yield N_("Văn bản viện dẫn"), "\n".join(lesson.citations)
    yield N_("Cập nhật pháp luật đến ngày"), day.strftime("%d/%m/%Y") if day else ""


def _question(question: QuestionText) -> Iterable[tuple[str, str]]:
    yield N_("Câu hỏi"), question.stem
    yield N_("Phương án"), "\n".join(key_lines(question.body or {}))
    yield N_("Giải thích"), question.explanation
    yield N_("Mức độ"), question.level
    yield N_("Cách chấm"), str((question.body or {}).get("scoring") or "")
    yield N_("Điểm"), question.points
    yield N_("Bài học"), question.lesson or ""
    yield N_("Lĩnh vực"), question.area or ""
    yield N_("Kỹ năng"), ", ".join(question.skills)
    yield N_("Mã dữ kiện"), ", ".join(question.facts)
    yield N_("Văn bản viện dẫn"), "\n".join(question.citations)


def _paper(paper: PaperText) -> Iterable[tuple[str, str]]:
    yield N_("Tên đề"), paper.title
    yield N_("Cấu trúc đề"), "\n".join(_blueprint(paper))
    yield N_("Loại đề"), paper.kind
    yield N_("Thời gian làm bài (phút)"), _number(paper.time_limit_minutes)
    yield N_("Số lượt"), _number(paper.attempts)
    yield N_("Số giờ chờ giữa hai lượt"), str(paper.cooldown_hours)
    yield N_("Mức đạt, phần trăm"), paper.pass_percent
    yield N_("Đảo thứ tự"), "Có" if paper.shuffle else "Không"
    yield N_("Xem đáp án"), paper.feedback


def _number(limit: int | None) -> str:
    return "không giới hạn" if limit is None else str(limit)


def _blueprint(paper: PaperText) -> Iterable[str]:
    for number, section in enumerate(paper.sections, 1):
        yield f"Phần {number}: {section.get('title') or ''}"
        for cell in section.get("draw") or ():
            asked = ", ".join(f"{key} {cell[key]}" for key in CRITERIA if cell.get(key))
            points = f", mỗi câu {cell['points']} điểm" if cell.get("points") else ""
            yield f"    rút {cell.get('count') or '?'} câu: {asked}{points}"
        if section.get("questions"):
            yield f"    các câu: {', '.join(section['questions'])}"


def differences(old: Content | None, new: Content) -> tuple[SectionDifference, ...]:
    """Return the parts of ``new`` that differ from ``old``; of a new text, all that hold words."""
    before = {section.label: section.text for section in sections(old)} if old else {}
    compared = (
        SectionDifference(section.label, compare(before.get(section.label, ""), section.text))
        for section in sections(new)
    )
    return tuple(each for each in compared if not each.difference.is_empty)

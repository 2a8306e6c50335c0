"""The text of a file as a draft holds it, for files that come after the browser. Pure."""

from elearn.assessment.content import PaperContent, QuestionContent
from elearn.authoring.drafts.content import LessonText, Outcome, PaperText, QuestionText
from elearn.authoring.files.contents import number_text
from elearn.curriculum.content import LessonContent


def lesson_text(content: LessonContent) -> LessonText:
    """Return the text of a lesson."""
    return LessonText(
        title=content.title,
        minutes=content.minutes,
        outcomes=tuple(Outcome(row["text"], row["level"]) for row in content.outcomes),
        skills=tuple(content.skills),
        audience=tuple(content.audience),
        facts=tuple(content.facts),
        citations=tuple(content.citations),
        in_force_as_of=content.in_force_as_of,
        body=content.body,
    )


def question_text(content: QuestionContent) -> QuestionText:
    """Return the text of a question."""
    return QuestionText(
        type=content.type,
        level=content.level.value,
        lesson=content.lesson_code,
        area=content.area,
        skills=tuple(content.skills),
        facts=tuple(content.facts),
        citations=tuple(content.citations),
        points=number_text(content.points),
        body=content.body,
    )


def paper_text(content: PaperContent) -> PaperText:
    """Return the text of a paper."""
    return PaperText(
        title=content.title,
        kind=content.kind.value,
        time_limit_minutes=content.time_limit_minutes,
        attempts=content.attempts,
        cooldown_hours=content.cooldown_hours,
        pass_percent=number_text(content.pass_percent),
        shuffle=content.shuffle,
        feedback=content.feedback.value,
        sections=tuple(content.sections),
    )

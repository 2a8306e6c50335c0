"""How a draft would read and what stands against publishing it; nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from string import ascii_uppercase
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.assessment.content import render_question
from elearn.assessment.domain.question_types import Control, Explained, Presented, type_of
from elearn.assessment.models import Question, QuestionVersion
from elearn.authoring.drafts.checks import Problem, errors_of
from elearn.authoring.drafts.content import Content, LessonText, PaperText, QuestionText
from elearn.authoring.drafts.ground import Ground
from elearn.authoring.drafts.papers import PaperLook, look
from elearn.infra.richtext import CheckSlot, render, split_checks
from elearn.infra.richtext_syntax import Context
from elearn.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a rendered lesson; with ``check_code`` a check question, "" when it is unknown."""

    html: str
    check_code: str | None = None


@dataclass(frozen=True, slots=True)
class ShownOption:
    """An option with its key, as reviewers see it."""

    letter: str
    html: str
    is_correct: bool
    feedback_html: str | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What the pages show: a lesson's blocks, a question's parts or a paper, and the problems.

    ``shown`` and ``told``: a whole question of other types than choices as the learner sees it,
    and with its key.
    """

    problems: tuple[Problem, ...]
    blocks: tuple[Block, ...] = ()
    stem_html: str = ""
    options: tuple[ShownOption, ...] = ()
    explanation_html: str = ""
    shown: Presented | None = None
    told: Explained | None = None
    paper: PaperLook | None = None

    @property
    def errors(self) -> list[Problem]:
        """The problems that forbid publication."""
        return errors_of(self.problems)


def preview(
    session: Session, code: str, module_code: str, content: Content, *, day: date
) -> Preview:
    """Return how ``content`` would read, published on ``day``, with what is wrong with it.

    A text that cannot be rendered at all is a problem like the others.
    """
    ground = Ground(session, module_code, day)
    problems = ground.problems(code, content)
    try:
        if isinstance(content, PaperText):
            return Preview(tuple(problems), paper=look(session, content, with_sample=True))
        if isinstance(content, QuestionText):
            return _question(content, ground.context(content), tuple(problems))
        blocks = _blocks(session, content, ground.context(content))
        return Preview(tuple(problems), blocks=blocks)
    except Invalid as error:
        return Preview((*problems, Problem(error.text())))


def preview_question(question: QuestionText, context: Context) -> Preview:
    """Return how ``question`` would read, without judging it.

    An explanation or a lesson still to be written does not hide the key.
    """
    body = {**(question.body or {})}
    explained = {**body, "explanation": body.get("explanation") or "–"}
    whole = replace(question, lesson=question.lesson or "x", body=explained)
    try:
        shown = _question(whole, context, ())
        return shown if body.get("explanation") else replace(shown, explanation_html="")
    except Invalid as error:
        return Preview((Problem(error.text()),))


def _blocks(session: Session, lesson: LessonText, context: Context) -> tuple[Block, ...]:
    parts = split_checks(render(lesson.body, context).html)
    stems = _stems(session, [part.code for part in parts if isinstance(part, CheckSlot)])
    return tuple(
        Block(stems.get(part.code, ""), part.code) if isinstance(part, CheckSlot) else Block(part)
        for part in parts
    )


def _stems(session: Session, codes: list[str]) -> dict[str, str]:
    """Return the stems of published questions as they are shown, by code."""
    rows = session.execute(
        select(Question.code, QuestionVersion.rendered)
        .join(QuestionVersion, QuestionVersion.id == Question.published_version_id)
        .where(Question.code.in_(codes), Question.retired_at.is_(None))
    )
    return {code: rendered["stem"] for code, rendered in rows}


# What can be shown however unfinished a question is, and the types shown by it alone.
_EVER = ("stem", "options", "explanation")
_TICKED = (Control.RADIO, Control.CHECKBOX, Control.YES_NO)


def _question(question: QuestionText, context: Context, problems: tuple[Problem, ...]) -> Preview:
    from elearn.authoring.drafts.shape_checks import is_whole  # noqa: PLC0415 - pydantic

    body = question.body or {}
    whole = is_whole(question)
    known = body if whole else {key: body[key] for key in _EVER if key in body}
    rendered = render_question({"stem": "", "explanation": "", **known}, context)
    options = tuple(
        ShownOption(letter, each["html"], option.is_correct, each["feedback"])
        for letter, each, option in zip(
            ascii_uppercase, rendered["options"], question.options, strict=False
        )
    )
    return Preview(
        problems,
        stem_html=rendered["stem"],
        options=options or _yes_no(question),
        explanation_html=rendered["explanation"],
        **(_whole(question.type, body, rendered) if whole else {}),
    )


def _whole(type_: str, body: Mapping[str, Any], rendered: Mapping[str, Any]) -> dict[str, Any]:
    kind = type_of(type_)
    if kind.control in _TICKED:
        return {}
    right = kind.correct_form(body)
    return {"shown": kind.present(rendered), "told": kind.explain(body, rendered, right)}


def _yes_no(question: QuestionText) -> tuple[ShownOption, ...]:
    if question.type != "true_false":
        return ()
    return (
        ShownOption("", "Đúng", question.answer is True, None),
        ShownOption("", "Sai", question.answer is False, None),
    )

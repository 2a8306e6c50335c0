"""What the files and the editor hand over for publication, as plain values; questions rendered."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_lowercase
from typing import Any

from elearn.assessment.models import FeedbackRule, Level, PaperKind
from elearn.infra.richtext import render_inline, render_short
from elearn.infra.richtext_syntax import Context

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QuestionContent:
    """A question; ``body`` is its file shape without what stands here (stem, options, …)."""

    code: str
    type: str
    level: Level
    module_code: str
    lesson_code: str | None
    area: str | None
    skills: list[str]
    facts: list[str]
    citations: list[str]
    points: Decimal
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class PaperContent:
    """A paper; ``sections`` as in the file."""

    code: str
    title: str
    kind: PaperKind
    time_limit_minutes: int | None
    attempts: int | None
    cooldown_hours: int
    pass_percent: Decimal
    shuffle: bool
    feedback: FeedbackRule
    sections: list[dict[str, Any]]


def render_question(body: Body, context: Context) -> dict[str, Any]:
    """Return the HTML of a question of any type.

    Always ``stem``, ``options`` (of choice questions: ``{id, html, feedback}``) and
    ``explanation``; beside these ``pairs`` and ``distractors`` (matching), ``items`` (ordering),
    ``blanks`` (cloze: a list of options, or None where one writes), ``questions`` (case).
    Raises Invalid when a text cannot be rendered.
    """
    rendered: dict[str, Any] = {
        "stem": render_short(body["stem"], context),
        "options": _options(body.get("options") or (), context),
        "explanation": render_short(body["explanation"], context),
    }
    if "pairs" in body:
        rendered["pairs"] = [
            {side: render_inline(pair[side], context) for side in ("left", "right")}
            for pair in body["pairs"]
        ]
        rendered["distractors"] = [
            render_inline(text, context) for text in body.get("distractors") or ()
        ]
    if "items" in body:
        rendered["items"] = [render_inline(text, context) for text in body["items"]]
    if "blanks" in body:
        rendered["blanks"] = [
            _options(blank["options"], context) if "options" in blank else None
            for blank in body["blanks"]
        ]
    if "questions" in body:
        rendered["questions"] = [render_question(part, context) for part in body["questions"]]
    return rendered


def _options(options: Any, context: Context) -> list[dict[str, Any]]:  # noqa: ANN401 - JSON
    return [
        {
            "id": letter,
            "html": render_inline(option["text"], context),
            "feedback": (
                render_short(option["feedback"], context) if option.get("feedback") else None
            ),
        }
        for letter, option in zip(ascii_lowercase, options, strict=False)
    ]

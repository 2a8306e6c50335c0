"""What the files and the editor hand over for publication, as plain values; questions rendered."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_lowercase
from typing import Any

from elearn.assessment.domain.question_types.cloze import gaps_in
from elearn.assessment.domain.question_types.matching import right_sides
from elearn.assessment.domain.question_types.naming import by_letter, opaque_ids
from elearn.assessment.models import FeedbackRule, Level, PaperKind
from elearn.infra.richtext import plain_text, render_inline, render_short
from elearn.infra.richtext_syntax import Context
from elearn.kernel.errors import N_, Invalid

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
    """Return the HTML of a question of any type, with all that is needed to show it.

    Always ``stem``, ``options`` (of choice questions: ``{id, html, feedback}``) and
    ``explanation``; beside these ``lefts`` (HTML) and ``rights`` (``{id, html, text}``) of a
    matching question, ``items`` (``{id, html}``) of an ordering one, ``blanks`` of a cloze (a
    list of such options, or None where one writes), ``unit``, ``min_words``, and ``questions`` of a
    case, each with its ``type`` and ``points``. Nothing but feedback and explanation tells the
    key: rights and items stand in the order of ids that say nothing. Raises Invalid when a text
    cannot be rendered.
    """
    rendered: dict[str, Any] = {
        "stem": render_short(body["stem"], context),
        "options": _options(body.get("options") or (), context),
        "explanation": render_short(body["explanation"], context),
    }
    if "pairs" in body:
        rendered["lefts"] = [render_inline(pair["left"], context) for pair in body["pairs"]]
        rendered["rights"] = _named(right_sides(body), context)
    if "items" in body:
        ids = opaque_ids(body["items"])
        rendered["items"] = _named(dict(zip(ids, body["items"], strict=True)), context)
    if "blanks" in body:
        rendered["blanks"] = [
            _listed(blank["options"], context) if blank.get("options") else None
            for blank in body["blanks"]
        ]
        _check_gaps(rendered["stem"], len(rendered["blanks"]))
    rendered |= {key: body[key] for key in ("unit", "min_words") if body.get(key)}
    if "questions" in body:
        rendered["questions"] = [_part(part, context) for part in body["questions"]]
    return rendered


def _part(part: Body, context: Context) -> dict[str, Any]:
    points = str(part.get("points", 1))
    return {**render_question(part, context), "type": part["type"], "points": points}


def _named(texts: Mapping[str, str], context: Context) -> list[dict[str, str]]:
    html = {option_id: render_inline(text, context) for option_id, text in texts.items()}
    return [
        {"id": option_id, "html": html[option_id], "text": plain_text(html[option_id])}
        for option_id in sorted(html, key=by_letter)
    ]


def _listed(options: Any, context: Context) -> list[dict[str, str]]:  # noqa: ANN401 - JSON
    texts = (option["text"] for option in options)
    return _named(dict(zip(ascii_lowercase, texts, strict=False)), context)


def _check_gaps(stem: str, count: int) -> None:
    """Raise Invalid when a gap would stand inside an address or be missing from the text."""
    if sorted(place for _, _, place in gaps_in(stem)) != list(range(count)):
        raise Invalid(
            "assessment.gaps",
            N_("Các chỗ trống {{1}}, {{2}}… phải đứng trong lời văn, mỗi chỗ một lần."),
        )


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

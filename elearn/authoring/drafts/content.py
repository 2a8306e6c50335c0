"""What a draft holds: the text of a lesson, a question or a paper, typed and as JSON. Pure.

JSON of a lesson: the front matter of its file (design.md 5.3) with ``body``, the Markdown::

    {"title", "minutes": int | None, "outcomes": [{"text", "level"}], "skills": [], "audience": [],
     "facts": [], "citations": [], "in_force_as_of": "YYYY-MM-DD" | None, "body"}

JSON of a question: what its version stores beside the HTML; ``body`` is that of QuestionVersion::

    {"type", "level", "lesson", "area": str | None, "skills": [], "facts": [], "citations": [],
     "points": "1", "body": {"stem", "options" …, "explanation"}}

JSON of a paper: its file (design.md 5.3) without the code; numbers of cells as in the file, points
as text::

    {"title", "kind", "time_limit_minutes", "attempts", "cooldown_hours", "pass_percent": "50",
     "shuffle", "feedback", "sections": [{"title", "draw": [{…}]} | {"title", "questions": []}]}

A draft may be unfinished: nothing here says that the text is fit to be published.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from elearn.authoring.models import DraftKind
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean, clean_line

MAX_BODY = 200_000
MAX_FIELD = 20_000
MAX_LINE = 500
MAX_ROWS = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a learner can do after the lesson; ``level`` is one of assessment's levels."""

    text: str
    level: str


@dataclass(frozen=True, slots=True)
class LessonText:
    """The whole text of a lesson."""

    title: str = ""
    minutes: int | None = None
    outcomes: tuple[Outcome, ...] = ()
    skills: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    in_force_as_of: date | None = None
    body: str = ""


@dataclass(frozen=True, slots=True)
class OptionText:
    """One option of a choice question; the texts are Markdown."""

    text: str
    is_correct: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class QuestionText:
    """The whole text of a question; ``body`` has the keys of its type."""

    type: str
    level: str = "RECALL"
    lesson: str | None = None
    area: str | None = None
    skills: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    points: str = "1"
    body: Mapping[str, Any] | None = None

    @property
    def stem(self) -> str:
        """The question itself, Markdown."""
        return str((self.body or {}).get("stem") or "")

    @property
    def explanation(self) -> str:
        """Why the answer is right, Markdown."""
        return str((self.body or {}).get("explanation") or "")

    @property
    def options(self) -> tuple[OptionText, ...]:
        """The options of a choice question."""
        return tuple(
            OptionText(
                str(option.get("text") or ""),
                bool(option.get("correct")),
                str(option.get("feedback") or ""),
            )
            for option in (self.body or {}).get("options") or ()
        )

    @property
    def answer(self) -> bool | None:
        """The answer of a true/false question."""
        answer = (self.body or {}).get("answer")
        return answer if isinstance(answer, bool) else None


@dataclass(frozen=True, slots=True)
class PaperText:
    """The whole text of a paper; ``sections`` as in its file, None for no limit."""

    title: str = ""
    kind: str = "MODULE_TEST"
    time_limit_minutes: int | None = 20
    attempts: int | None = 3
    cooldown_hours: int = 0
    pass_percent: str = "50"  # noqa: S105 - a mark, not a password
    shuffle: bool = True
    feedback: str = "AFTER_SUBMIT"
    sections: tuple[Mapping[str, Any], ...] = ()


Content = LessonText | QuestionText | PaperText


def kind_of(content: Content) -> DraftKind:
    """Return what ``content`` is to become."""
    if isinstance(content, PaperText):
        return DraftKind.PAPER
    return DraftKind.LESSON if isinstance(content, LessonText) else DraftKind.QUESTION


def to_json(content: Content) -> dict[str, Any]:
    """Return ``content`` as it is stored, its text cleaned (NFC, no hidden controls)."""
    if isinstance(content, QuestionText):
        return _question_json(content)
    if isinstance(content, PaperText):
        return _paper_json(content)
    return {
        "title": clean_line(content.title),
        "minutes": content.minutes,
        "outcomes": [
            {"text": clean_line(outcome.text), "level": outcome.level}
            for outcome in content.outcomes
        ],
        "skills": _lines(content.skills),
        "audience": _lines(content.audience),
        "facts": _lines(content.facts),
        "citations": _lines(content.citations),
        "in_force_as_of": content.in_force_as_of.isoformat() if content.in_force_as_of else None,
        "body": _tidy(clean(content.body)),
    }


def question_data(code: str, question: QuestionText) -> dict[str, Any]:
    """Return the question as an entry of a bank file."""
    data = to_json(question)
    body = data.pop("body")
    return {**data, "id": code, **body}


def _tidy(body: str) -> str:
    """Return a Markdown body as files keep it: no blank lines around it, one line end."""
    stripped = body.strip("\n").rstrip()
    return f"{stripped}\n" if stripped else ""


def _question_json(content: QuestionText) -> dict[str, Any]:
    return {
        "type": content.type,
        "level": content.level,
        "lesson": content.lesson,
        "area": content.area,
        "skills": _lines(content.skills),
        "facts": _lines(content.facts),
        "citations": _lines(content.citations),
        "points": content.points.strip(),
        "body": _cleaned(dict(content.body or {})),
    }


def _paper_json(content: PaperText) -> dict[str, Any]:
    return {
        "title": clean_line(content.title),
        "kind": content.kind,
        "time_limit_minutes": content.time_limit_minutes,
        "attempts": content.attempts,
        "cooldown_hours": content.cooldown_hours,
        "pass_percent": content.pass_percent.strip(),
        "shuffle": content.shuffle,
        "feedback": content.feedback,
        "sections": _cleaned(list(content.sections)),
    }


def _paper(data: Mapping[str, Any]) -> PaperText:
    return PaperText(
        title=data.get("title") or "",
        kind=data["kind"],
        time_limit_minutes=data.get("time_limit_minutes"),
        attempts=data.get("attempts"),
        cooldown_hours=data.get("cooldown_hours") or 0,
        pass_percent=str(data.get("pass_percent") or ""),
        shuffle=bool(data.get("shuffle")),
        feedback=data["feedback"],
        sections=tuple(data.get("sections") or ()),
    )


def paper_data(code: str, paper: PaperText) -> dict[str, Any]:
    """Return the paper as its file says it."""
    return {"code": code, **to_json(paper)}


def _lines(values: Iterable[str]) -> list[str]:
    return [line for value in values if (line := clean_line(value))]


def _cleaned(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {str(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value


def from_json(kind: DraftKind, data: Mapping[str, Any]) -> Content:
    """Return the stored ``data`` as typed values."""
    if kind is DraftKind.PAPER:
        return _paper(data)
    lists = {name: tuple(data.get(name) or ()) for name in ("skills", "facts", "citations")}
    if kind is DraftKind.QUESTION:
        return QuestionText(
            type=data["type"],
            level=data["level"],
            lesson=data.get("lesson"),
            area=data.get("area"),
            points=str(data.get("points") or "1"),
            body=data.get("body") or {},
            **lists,
        )
    day = data.get("in_force_as_of")
    return LessonText(
        title=data.get("title") or "",
        minutes=data.get("minutes"),
        outcomes=tuple(Outcome(row["text"], row["level"]) for row in data.get("outcomes") or ()),
        audience=tuple(data.get("audience") or ()),
        in_force_as_of=date.fromisoformat(day) if day else None,
        body=data.get("body") or "",
        **lists,
    )


def check_size(data: Mapping[str, Any]) -> None:
    """Raise Invalid (``draft.too_long``) when a text of ``data`` is beyond all reason."""
    for name, value in data.items():
        if isinstance(value, str):
            _check_length(value, MAX_BODY if name == "body" else MAX_LINE)
        elif isinstance(value, list):
            _check_rows(value)
        elif isinstance(value, Mapping):
            _check_question_body(value)


def _check_question_body(body: Mapping[str, Any]) -> None:
    for value in body.values():
        if isinstance(value, str):
            _check_length(value, MAX_FIELD)
        elif isinstance(value, list):
            _check_rows(value, limit=MAX_FIELD)


def _check_rows(rows: list[Any], limit: int = MAX_LINE) -> None:
    if len(rows) > MAX_ROWS:
        raise Invalid(
            "draft.too_many_rows",
            N_("Danh sách có %(count)d dòng, tối đa là %(limit)d."),
            count=len(rows),
            limit=MAX_ROWS,
        )
    for row in rows:
        for value in row.values() if isinstance(row, Mapping) else (row,):
            if isinstance(value, str):
                _check_length(value, limit)
            elif isinstance(value, list):
                _check_rows(value, limit)


def _check_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise Invalid(
            "draft.too_long",
            N_(
                "Văn bản dài %(length)d ký tự, tối đa là %(limit)d. Chưa lưu; "
                "hãy rút ngắn hoặc tách bài."
            ),
            length=len(text),
            limit=limit,
        )

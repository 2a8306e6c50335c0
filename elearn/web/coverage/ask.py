"""What the reader of the coverage page chose, from the address, checked."""

from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from elearn.coverage.board import Ask
from elearn.coverage.queries import Question
from elearn.coverage.rules import ALL, View
from elearn.kernel.clock import read_day
from elearn.kernel.errors import N_, Invalid


@dataclass(frozen=True, slots=True)
class Choice:
    """The programme's code (None: the first one) and what is asked of it."""

    programme: str | None
    ask: Ask


def parse_day(text: str | None, default: date) -> date:
    """Return the day written as YYYY-MM-DD or dd/mm/yyyy. Raises Invalid."""
    if not text:
        return default
    if (day := read_day(text)) is not None:
        return day
    raise Invalid(
        "coverage.day",
        N_("“%(text)s” không phải là ngày. Hãy nhập theo dạng ngày/tháng/năm, ví dụ 14/03/2026."),
        text=text[:30],
    )


def parse(args: MultiDict[str, str], today: date) -> Choice:
    """Return the choice in the query string ``args``. Raises Invalid."""
    view = args.get("view", View.DUTY.value)
    if view not in list(View):
        raise Invalid("coverage.view", N_("Cách tính không hợp lệ."))
    question = Question(parse_day(args.get("day"), today), View(view))
    ask = Ask(
        question,
        group=args.get("group") or ALL,
        unit_code=args.get("unit") or None,
        depth=None if args.get("depth") == "all" else 1,
    )
    return Choice(args.get("programme") or None, ask)


def as_args(programme: str, ask: Ask) -> dict[str, str]:
    """Return the query arguments that ask the same again."""
    return {
        "programme": programme,
        "day": ask.question.day.isoformat(),
        "view": ask.question.view.value,
        "group": ask.group,
        **({"unit": ask.unit_code} if ask.unit_code else {}),
        **({"depth": "all"} if ask.depth is None else {}),
    }

"""Questions made by Hypothesis, as entries of a bank file, and files read back for comparison."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from elearn.assessment.formats import catalogue
from elearn.assessment.formats.checking import check_all
from elearn.assessment.formats.neutral import Defaults, Entry, Outgoing
from elearn.assessment.formats.plain import to_markdown

_WORDS = st.text(
    alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyÁẾỘƯ  .,;:?!%()=#~{}[]<>&*_`\\/|+-'\"0123456789",
    max_size=40,
)
# Texts of one line that show something, as Markdown.
LINES = _WORDS.map(lambda text: to_markdown([text])).filter(lambda text: text.strip() != "")
STEMS = st.lists(_WORDS, min_size=1, max_size=3).map(to_markdown).filter(lambda text: text != "")
TYPED = (
    st.text(alphabet="abcđêơ 0123-./", min_size=1, max_size=12)
    .filter(str.strip)
    .map(lambda text: " ".join(text.split()))
)
_NUMBERS = st.decimals(-10_000, 10_000, places=2, allow_nan=False, allow_infinity=False)


def _number(value: Decimal) -> str:
    return format((value + 0).normalize() + 0, "f")


@st.composite
def _options(draw: st.DrawFn, kind: str) -> list[Entry]:
    texts = draw(st.lists(LINES, min_size=2, max_size=6, unique=True))
    if kind == "single_choice":
        right = {draw(st.integers(0, len(texts) - 1))}
    else:
        positions = st.integers(0, len(texts) - 1)
        right = draw(st.sets(positions, min_size=2, max_size=len(texts)))
    options: list[Entry] = []
    for position, text in enumerate(texts):
        option: Entry = {"text": text, "correct": position in right}
        if draw(st.booleans()):
            option["feedback"] = draw(LINES)
        options.append(option)
    return options


@st.composite
def _choice(draw: st.DrawFn, kind: str) -> Entry:
    scoring = {"scoring": draw(st.sampled_from(["partial", "all_or_nothing"]))}
    return {**(scoring if kind == "multiple_choice" else {}), "options": draw(_options(kind))}


@st.composite
def _matching(draw: st.DrawFn) -> Entry:
    lefts = draw(st.lists(LINES, min_size=3, max_size=5, unique=True))
    rights = draw(st.lists(LINES, min_size=8, max_size=8, unique=True))
    pairs = [{"left": one, "right": two} for one, two in zip(lefts, rights, strict=False)]
    return {"pairs": pairs, "distractors": rights[6 : draw(st.integers(6, 8))]}


@st.composite
def _cloze(draw: st.DrawFn) -> Entry:
    texts = draw(st.lists(TYPED, min_size=2, max_size=4, unique=True))
    right = draw(st.integers(0, len(texts) - 1))
    choices = [{"text": text, "correct": at == right} for at, text in enumerate(texts)]
    answers = draw(st.lists(TYPED, min_size=1, max_size=2, unique=True))
    stem = f"{draw(LINES)} {{{{1}}}} và {{{{2}}}} hết"
    return {"stem": stem, "blanks": [{"answers": answers}, {"options": choices}]}


_MAKERS: dict[str, st.SearchStrategy[Entry]] = {
    "single_choice": _choice("single_choice"),
    "multiple_choice": _choice("multiple_choice"),
    "true_false": st.fixed_dictionaries({"answer": st.booleans()}),
    "matching": _matching(),
    "ordering": st.fixed_dictionaries(
        {"items": st.lists(LINES, min_size=2, max_size=6, unique=True)}
    ),
    "short_text": st.fixed_dictionaries(
        {
            "answers": st.lists(TYPED, min_size=1, max_size=3, unique=True),
            "match": st.sampled_from(["folded", "exact"]),
        }
    ),
    "numeric": st.fixed_dictionaries(
        {
            "answer": _NUMBERS.map(_number),
            "tolerance": _NUMBERS.map(lambda number: _number(abs(number))),
            "unit": st.sampled_from([None, "%", "người"]),
        }
    ),
    "cloze": _cloze(),
    "essay": st.fixed_dictionaries(
        {
            "rubric": st.lists(LINES, min_size=1, max_size=3).map(
                lambda lines: [{"criterion": line, "points": "1"} for line in lines]
            ),
            "min_words": st.integers(0, 500),
        }
    ),
}


@st.composite
def entries(draw: st.DrawFn, *kinds: str) -> list[Entry]:
    """Return one to four questions of these types, fit for a bank."""
    made = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        kind = draw(st.sampled_from(kinds))
        made.append(
            {
                "id": f"m1-{number:03d}",
                "type": kind,
                "level": draw(st.sampled_from(["RECALL", "UNDERSTAND", "APPLY", "APPLY_HIGH"])),
                "lesson": draw(st.sampled_from(["l1-1", "l1-2"])),
                "area": draw(st.sampled_from([None, "PAR_PROCEDURES"])),
                "skills": draw(st.lists(st.sampled_from(["S1", "S2"]), unique=True)),
                "facts": draw(st.lists(st.sampled_from(["F001", "F058"]), unique=True)),
                "citations": draw(st.lists(st.sampled_from(["76-NQ-CP:D1"]), max_size=1)),
                "stem": draw(STEMS),
                **draw(_MAKERS[kind]),
                "explanation": draw(STEMS),
                "points": draw(st.sampled_from(["1", "0.5", "2"])),
            }
        )
    return made


def read_back(content: bytes, name: str = catalogue.AUTO) -> list[Entry]:
    """Return the questions of a file as entries; there must be nothing wrong with it."""
    found = check_all(catalogue.read(content, name), "m1", Defaults())
    assert [trouble.text() for trouble in found.errors] == []
    return [
        checked.entry | ({"id": checked.wished_id} if checked.wished_id else {})
        for checked in found.questions
    ]


def written(name: str, questions: list[Entry]) -> bytes:
    """Return ``questions`` as a file of the format ``name``, all of them."""
    done = catalogue.codec_of(name).write(Outgoing(questions))
    assert [loss.text() for loss in done.losses if loss.is_whole] == []
    return done.content


def without(entry: Entry, *keys: str) -> dict[str, Any]:
    """Return ``entry`` but for ``keys``."""
    return {key: value for key, value in entry.items() if key not in keys}

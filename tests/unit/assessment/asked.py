"""Random questions of every type, and random answers to them, for Hypothesis."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from elearn.assessment.content import render_question
from elearn.assessment.domain.question_types import TYPES
from elearn.infra.richtext_syntax import NO_CONTEXT

Body = dict[str, Any]
# What may not reach a browser before release carries this word, wherever it is written.
CANARY = "CANARY"
WORDS = st.text(alphabet="abcđêơưXYZ 0123456789", min_size=1, max_size=8).map(
    lambda text: f"w{text.strip()}"
)
SECRETS = WORDS.map(lambda word: f"{CANARY} {word}")
NUMBERS = st.decimals(-10_000, 10_000, places=3).map(str)


def _asked(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries({"stem": WORDS, "explanation": SECRETS, **fields})


def _option(correct: bool) -> st.SearchStrategy[Body]:
    return st.fixed_dictionaries(
        {"text": WORDS, "correct": st.just(correct)}, optional={"feedback": SECRETS}
    )


def _one_right() -> st.SearchStrategy[list[Body]]:
    wrong = st.lists(_option(correct=False), min_size=1, max_size=5)
    return st.tuples(_option(correct=True), wrong).flatmap(
        lambda parts: st.permutations([parts[0], *parts[1]])
    )


def _cloze() -> st.SearchStrategy[Body]:
    written = st.fixed_dictionaries({"answers": st.lists(SECRETS, min_size=1, max_size=3)})
    listed = st.fixed_dictionaries(
        {
            "options": _one_right().map(
                lambda options: [{"text": o["text"], "correct": o["correct"]} for o in options]
            )
        }
    )
    blanks = st.lists(written | listed, min_size=1, max_size=4)
    return st.tuples(_asked(), blanks, st.randoms()).map(lambda drawn: _with_gaps(*drawn))


def _with_gaps(body: Body, blanks: list[Body], random: Any) -> Body:
    gaps = [f"{{{{{number}}}}}" for number in range(1, len(blanks) + 1)]
    random.shuffle(gaps)
    return {**body, "stem": " và ".join([body["stem"], *gaps]), "blanks": blanks}


SIMPLE: dict[str, st.SearchStrategy[Body]] = {
    "single_choice": _asked(options=_one_right()),
    "multiple_choice": _asked(
        options=st.lists(st.booleans().flatmap(_option), min_size=2, max_size=6),
        scoring=st.sampled_from(["all_or_nothing", "partial"]),
    ),
    "true_false": _asked(answer=st.booleans()),
    "matching": _asked(
        pairs=st.lists(
            st.fixed_dictionaries({"left": WORDS, "right": WORDS}), min_size=2, max_size=6
        ),
        distractors=st.lists(WORDS, max_size=3),
    ),
    "ordering": _asked(items=st.lists(WORDS, min_size=2, max_size=7)),
    "short_text": _asked(
        answers=st.lists(SECRETS, min_size=1, max_size=3),
        match=st.sampled_from(["exact", "folded"]),
    ),
    "numeric": _asked(
        answer=NUMBERS,
        tolerance=st.sampled_from(["0", "0.01", "5"]),
        unit=st.sampled_from([None, "%", "ngày"]),
    ),
    "cloze": _cloze(),
    "essay": _asked(
        rubric=st.lists(
            st.fixed_dictionaries({"criterion": SECRETS, "points": st.integers(1, 5)}),
            min_size=1,
            max_size=3,
        ),
        min_words=st.integers(0, 300),
    ),
}


def _part(name: str) -> st.SearchStrategy[Body]:
    points = st.sampled_from([1, 2, "0.5", "0.25", 3])
    return st.tuples(SIMPLE[name], points).map(
        lambda drawn: {"type": name, **drawn[0], "points": drawn[1]}
    )


QUESTIONS: dict[str, st.SearchStrategy[Body]] = {
    **SIMPLE,
    "case": _asked(
        questions=st.lists(st.sampled_from(sorted(SIMPLE)).flatmap(_part), min_size=1, max_size=4)
    ),
}
ANY_QUESTION: st.SearchStrategy[tuple[str, Body]] = st.sampled_from(sorted(QUESTIONS)).flatmap(
    lambda name: st.tuples(st.just(name), QUESTIONS[name])
)
LINES = st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def rendered(body: Body) -> Body:
    return render_question(body, NO_CONTEXT)


def values(name: str, body: Body) -> st.SearchStrategy[Any]:
    """Return answers to a question as a page may send them: complete, partial, empty."""
    return _VALUES[name](body)


def _order(body: Body) -> st.SearchStrategy[list[str]]:
    ids = TYPES["ordering"].option_ids(body)
    return st.permutations(ids).flatmap(
        lambda order: st.lists(st.booleans(), min_size=len(ids), max_size=len(ids)).map(
            lambda kept: [item if keep else "" for item, keep in zip(order, kept, strict=True)]
        )
    )


def _gap(blank: Body) -> st.SearchStrategy[str]:
    if "options" not in blank:
        return LINES | st.sampled_from(blank["answers"])
    return st.sampled_from(["", *"abcdefgh"[: len(blank["options"])]])


def _case(body: Body) -> st.SearchStrategy[dict[str, Any]]:
    parts = {str(n): values(part["type"], part) for n, part in enumerate(body["questions"])}
    return st.fixed_dictionaries({}, optional=parts)


_VALUES: dict[str, Callable[[Body], st.SearchStrategy[Any]]] = {
    "single_choice": lambda body: st.sampled_from(TYPES["single_choice"].option_ids(body)),
    "multiple_choice": lambda body: st.lists(
        st.sampled_from(TYPES["multiple_choice"].option_ids(body)), unique=True
    ),
    "true_false": lambda _body: st.booleans(),
    "matching": lambda body: st.tuples(
        *(st.sampled_from(["", *TYPES["matching"].option_ids(body)]) for _ in body["pairs"])
    ).map(list),
    "ordering": _order,
    "short_text": lambda body: LINES | st.sampled_from(body["answers"]),
    "numeric": lambda body: LINES | NUMBERS | st.just(body["answer"]),
    "cloze": lambda body: st.tuples(*(_gap(blank) for blank in body["blanks"])).map(list),
    "essay": lambda _body: LINES,
    "case": _case,
}
ANSWERED: st.SearchStrategy[tuple[str, Body, Any]] = ANY_QUESTION.flatmap(
    lambda asked: st.tuples(st.just(asked[0]), st.just(asked[1]), values(*asked))
)

"""What the bank stores of a question so that SQL alone can search it. Pure.

Neither database folds Vietnamese, so the words are folded once, when a text is stored.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from elearn.assessment.domain.folding import fingerprint, folded

# Keys of a body whose values are settings and no words.
_SETTINGS = frozenset({"type", "scoring", "match", "tolerance", "points", "level"})
MOST_TERMS = 12
_TERM = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
_OR = re.compile(r"\s+(?:OR|HOẶC)\s+|\s*\|\s*")


@dataclass(frozen=True, slots=True)
class Term:
    """Words to be found one after the other; ``code`` is the same as a code may have it.

    ``words`` is "" for mere punctuation, which no text has once it is folded.
    """

    words: str
    code: str
    is_wanted: bool


def search_text(body: Mapping[str, Any]) -> str:
    """Return the folded words of a question: stem, choices, answers, feedback, explanation."""
    return " ".join(text for text in map(folded, _texts(body)) if text)


def _texts(value: object, key: str = "") -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            if name not in _SETTINGS:
                yield from _texts(part, name)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part, key)


def tags_text(skills: Iterable[str], facts: Iterable[str], citations: Iterable[str]) -> str:
    """Return the labels as one text in which each stands as ``tag`` writes it."""
    named = (("skill", skills), ("fact", facts), ("cite", citations))
    return "".join(tag(kind, value) for kind, values in named for value in values)


def tag(kind: str, value: str) -> str:
    """Return a label as it stands in ``tags_text``: "|skill=S1:", "|cite=76-NQ-CP-2021:P2.II:".

    The colon ends the code of a document, so that a label without a clause finds all clauses.
    """
    return f"|{kind}={value}:"


def same_key(body: Mapping[str, Any]) -> str:
    """Return 64 letters that questions share which ask the same with the same choices."""
    return sha256(fingerprint(body).encode()).hexdigest()


def parse_words(text: str) -> list[list[Term]]:
    """Return what a search asks for: any of the lists, of each list every term.

    Words are all wanted; "HOẶC", "OR" or "|" stand between alternatives; quotes keep words
    together; a minus in front unwants. At most MOST_TERMS are looked for.
    """
    left = MOST_TERMS
    alternatives = []
    for part in _OR.split(text):
        terms = [term for match in _TERM.finditer(part) if (term := _term(match))][:left]
        left -= len(terms)
        if terms:
            alternatives.append(terms)
    return alternatives


def _term(match: re.Match[str]) -> Term | None:
    minus, phrase, word = match.groups()
    raw = phrase if phrase is not None else word
    code = raw.strip().lower()
    return Term(folded(raw), code, is_wanted=not minus) if code else None

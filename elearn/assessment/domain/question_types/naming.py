"""Ids for what authors write in the right order, so that the ids do not tell it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from string import ascii_lowercase

_LETTERS = (*ascii_lowercase, *("a" + letter for letter in ascii_lowercase))


def by_letter(option_id: str) -> tuple[int, str]:
    """Return the sort key of an id: z comes before aa."""
    return len(option_id), option_id


def distinct(texts: Iterable[str]) -> list[str]:
    """Return ``texts`` trimmed, each once, in the order of their first standing."""
    return list(dict.fromkeys(text.strip() for text in texts))


def opaque_ids(texts: Sequence[str]) -> list[str]:
    """Return an id for each of ``texts``, the same whenever it is asked for.

    The letters follow the order of the texts' hashes: they tell nothing of the order written,
    to nobody who does not know it already.
    """
    return list(_ids(tuple(texts)))


# One question is answered, graded and counted by thousands of people in a row.
@lru_cache(maxsize=1024)
def _ids(texts: tuple[str, ...]) -> tuple[str, ...]:
    by_hash = sorted(
        range(len(texts)),
        key=lambda place: (sha256(texts[place].encode("utf-8", "surrogatepass")).digest(), place),
    )
    letters = dict(zip(by_hash, _LETTERS, strict=False))
    return tuple(letters[place] for place in range(len(texts)))

"""What makes two questions the same to a reader: their words, whatever the typing. Pure.

The bank finds duplicates with it, and so does every import.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from elearn.kernel.text import fold

# Marks of Markdown and punctuation: two typists rarely agree on them.
_NOT_WORDS = re.compile(r"[^\w]+|_+")
_PICTURE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def folded(text: str) -> str:
    """Return the words of a Markdown ``text``: no accents, case, marks or punctuation."""
    bare = _PICTURE.sub(r"\1", text) if "![" in text else text
    bare = _TAG.sub(" ", bare) if "<" in bare else bare
    return _NOT_WORDS.sub(" ", fold(bare)).strip()


def fingerprint(body: Mapping[str, Any]) -> str:
    """Return what two questions share when they ask the same with the same choices.

    ``body`` is that of the file shape. The order of the choices does not matter, nor which of
    them is marked right: a second key to the same words is worth being looked at.
    """
    stem = folded(str(body.get("stem") or ""))
    return "\n".join([stem, *sorted(folded(text) for text in _choices(body))])


def _choices(body: Mapping[str, Any]) -> Iterator[str]:
    for option in body.get("options") or ():
        yield str(option.get("text") or "")
    for pair in body.get("pairs") or ():
        yield f"{pair.get('left')} {pair.get('right')}"
    for text in body.get("items") or ():
        yield str(text)
    for blank in body.get("blanks") or ():
        yield from (str(option.get("text")) for option in blank.get("options") or ())
    for part in body.get("questions") or ():
        yield fingerprint(part)

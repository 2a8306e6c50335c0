"""What other formats do not know of our questions, kept as tags: ``level=APPLY``, ``skill=S1``."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from elearn.assessment.formats.neutral import Entry

_TAG = re.compile(r"\[(?:tag:([a-z_]+)=|(id):)([^\]\n]*)\]")
_LISTS = {"skill": "skills", "fact": "facts", "citation": "citations"}
_VALUES = ("level", "lesson", "area", "points", "scoring", "match", "unit")
Tags = dict[str, list[str]]


def tags_in(text: str) -> Tags:
    """Return the tags written ``[id:…]`` and ``[tag:name=value]`` in ``text``."""
    found: Tags = {}
    for name, is_id, value in _TAG.findall(text):
        found.setdefault("id" if is_id else name, []).append(value.strip())
    return found


def tags_of(names: Iterable[str]) -> Tags:
    """Return the tags among ``names``, each ``name=value``; others are not ours."""
    found: Tags = {}
    for tag in names:
        name, sign, value = tag.partition("=")
        if sign and (name in _VALUES or name in _LISTS):
            found.setdefault(name, []).append(value.strip())
    return found


def apply_tags(data: Entry, tags: Mapping[str, list[str]]) -> Entry:
    """Return ``data`` with what ``tags`` say; a tag never takes the place of the body."""
    given: Entry = {name: tags[name][0] for name in _VALUES if tags.get(name)}
    if data.get("type") != "multiple_choice":
        given.pop("scoring", None)
    if data.get("type") != "short_text":
        given.pop("match", None)
    if data.get("type") != "numeric":
        given.pop("unit", None)
    lists = {key: tags[name] for name, key in _LISTS.items() if tags.get(name)}
    return {**data, **given, **lists}


def tag_names(entry: Mapping[str, Any]) -> list[str]:
    """Return the tags that keep what is said of ``entry``."""
    values = [(name, entry.get(name)) for name in _VALUES]
    names = [f"{name}={value}" for name, value in values if value not in (None, "")]
    for name, key in _LISTS.items():
        names += [f"{name}={value}" for value in entry.get(key) or ()]
    return names

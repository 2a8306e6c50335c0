"""The hash chain of the register: every row covers its own columns and the row before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum

GENESIS = "0" * 64
# Not covered: the key the database gives, the hash itself, and what is derived for search.
UNCOVERED = frozenset({"id", "row_hash", "search_text", "sort_key"})


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value


def row_hash(values: Mapping[str, object]) -> str:
    """Return the SHA-256 of a row's columns (``prev_hash`` among them) in one fixed writing."""
    covered = {name: _plain(value) for name, value in values.items() if name not in UNCOVERED}
    text = json.dumps(covered, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

"""What the files said last time: read once, noted entry by entry."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.authoring.files.models import EntryKind, FileState
from elearn.authoring.files.tree import Entry


class States:
    """The rows of ``authoring_file_state`` during one loading."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rows = {(row.kind, row.code): row for row in session.scalars(select(FileState))}

    def digest(self, kind: EntryKind, code: str) -> str | None:
        """Return the digest noted last time."""
        row = self.rows.get((kind, code))
        return row.digest if row else None

    def content(self, kind: EntryKind, code: str) -> dict[str, Any] | None:
        """Return the content noted last time."""
        row = self.rows.get((kind, code))
        return row.content if row else None

    def note(
        self,
        kind: EntryKind,
        entry: Entry[Any],
        digest: str,
        content: dict[str, Any] | None = None,
    ) -> None:
        """Note what the file says now."""
        row = self.rows.get((kind, entry.code))
        if row is None:
            row = FileState(kind=kind, code=entry.code)
            self.rows[kind, entry.code] = row
            self.session.add(row)
        row.path, row.position, row.digest = entry.path, entry.position, digest
        row.content = content

    def absent(self, kind: EntryKind, codes: set[str]) -> list[str]:
        """Return the codes noted before that are not among ``codes``."""
        return sorted(code for known, code in self.rows if known is kind and code not in codes)

    def forget(self, kind: EntryKind, code: str) -> None:
        """Drop the note of an entry that has left the files."""
        self.session.delete(self.rows.pop((kind, code)))

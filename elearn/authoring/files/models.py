"""The table that remembers what the content files said when they were last loaded."""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, enum_type


class EntryKind(StrEnum):
    """What an entry of the files is."""

    LEGAL = "LEGAL"
    FACT = "FACT"
    ARTICLE = "ARTICLE"
    MODULE = "MODULE"
    LESSON = "LESSON"
    QUESTION = "QUESTION"
    PAPER = "PAPER"
    PROGRAMME = "PROGRAMME"
    ENEMIES = "ENEMIES"


class FileState(Base):
    """One entry of the files as last loaded.

    ``path`` is relative to the folder that holds ``content``, ``position`` the place in its file,
    ``digest`` that of authoring.files.contents. ``content`` is kept for facts and articles, which
    have no table of their own, and for the enemy sets, which are one entry together.
    """

    __tablename__ = "authoring_file_state"
    __table_args__ = (UniqueConstraint("kind", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(enum_type(EntryKind))
    code: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)

"""Tables of what is being written: drafts of lessons, questions and papers, with their reviews."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, validates

from elearn.assessment.domain import searching
from elearn.infra.db import Base, UTCDateTime, enum_type


class DraftKind(StrEnum):
    """What a draft is to become a version of."""

    LESSON = "LESSON"
    QUESTION = "QUESTION"
    PAPER = "PAPER"


class DraftOrigin(StrEnum):
    """Where its text came from first: a person in the browser, or a content file."""

    BROWSER = "BROWSER"
    FILE = "FILE"


class DraftState(StrEnum):
    """editing → in review → (returned → in review) → published; or discarded."""

    EDITING = "EDITING"
    IN_REVIEW = "IN_REVIEW"
    RETURNED = "RETURNED"
    PUBLISHED = "PUBLISHED"
    DISCARDED = "DISCARDED"


class DraftAct(StrEnum):
    """What was done with a draft, saving aside."""

    OPENED = "OPENED"
    SUBMITTED = "SUBMITTED"
    WITHDRAWN = "WITHDRAWN"
    RETURNED = "RETURNED"
    PUBLISHED = "PUBLISHED"
    DISCARDED = "DISCARDED"


_IS_OPEN = "state IN ('EDITING', 'IN_REVIEW', 'RETURNED')"


def _tags(content: Mapping[str, Any]) -> str:
    labels = (content.get(name) or () for name in ("skills", "facts", "citations"))
    return searching.tags_text(*labels)


# The columns for searching that follow from the content of a question's draft. One by one: an
# import makes thousands of rows, and each column asks for itself.
_SEARCHED: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "search_text": lambda content: searching.search_text(content["body"]),
    "tags": _tags,
    "same_key": lambda content: searching.same_key(content["body"]),
}


def _searched(content: Mapping[str, Any], name: str) -> str:
    return _SEARCHED[name](content) if isinstance(content.get("body"), Mapping) else ""


def _column(name: str) -> Callable[[DefaultExecutionContext], str]:
    def default(context: DefaultExecutionContext) -> str:
        row = context.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's
        return _searched(row["content"], name)

    return default


class Draft(Base):
    """A text that is not published yet; at most one open one per thing and origin.

    ``code`` names the lesson, question or paper, which need not exist yet; ``module_code`` its
    module or bank, "" for a paper. ``content`` is described in authoring.drafts.content.
    ``base_number`` is the version it started from, None for a new thing. ``lock_version`` grows
    with every save: a save that does not name the present one is refused. ``source`` is the
    path of the file for origin FILE.
    ``search_text``, ``tags`` and ``same_key`` follow from the content of a question (see
    assessment.domain.searching); they are "" for a lesson or a paper.
    """

    __tablename__ = "authoring_draft"
    __table_args__ = (
        Index(
            "uq_authoring_draft_open",
            "kind",
            "code",
            "origin",
            unique=True,
            postgresql_where=text(_IS_OPEN),
            sqlite_where=text(_IS_OPEN),
        ),
        Index(None, "state", "submitted_at"),
        Index(None, "kind", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[DraftKind] = mapped_column(enum_type(DraftKind))
    code: Mapped[str] = mapped_column(String(64))
    module_code: Mapped[str] = mapped_column(String(64))
    origin: Mapped[DraftOrigin] = mapped_column(enum_type(DraftOrigin))
    source: Mapped[str | None] = mapped_column(Text)
    base_number: Mapped[int | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[DraftState] = mapped_column(enum_type(DraftState))
    lock_version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    change_note: Mapped[str | None] = mapped_column(Text)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_number: Mapped[int | None]
    search_text: Mapped[str] = mapped_column(
        Text, default=_column("search_text"), server_default=""
    )
    tags: Mapped[str] = mapped_column(Text, default=_column("tags"), server_default="")
    same_key: Mapped[str] = mapped_column(
        String(64), default=_column("same_key"), server_default="", index=True
    )

    @validates("content")
    def _search_anew(self, _name: str, content: dict[str, Any]) -> dict[str, Any]:
        for column in _SEARCHED:
            value = _searched(content, column)
            setattr(self, column, value)
        return content


class DraftEditor(Base):
    """Somebody who saved the draft at least once; he may not publish it."""

    __tablename__ = "authoring_draft_editor"

    draft_id: Mapped[int] = mapped_column(ForeignKey("authoring_draft.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("accounts_user.id"), primary_key=True, index=True
    )
    first_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DraftEvent(Base):
    """One act on a draft with its comment; added, never edited."""

    __tablename__ = "authoring_draft_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("authoring_draft.id"), index=True)
    act: Mapped[DraftAct] = mapped_column(enum_type(DraftAct))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    comment: Mapped[str | None] = mapped_column(Text)
    lock_version: Mapped[int]

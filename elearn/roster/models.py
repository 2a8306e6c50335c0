"""Tables of the roster: one row per import, with its files while it waits and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from elearn.infra.db import Base, UTCDateTime, enum_type


class BatchState(StrEnum):
    """Where an import stands."""

    CHECKING = "CHECKING"
    READY = "READY"
    REFUSED = "REFUSED"
    APPLYING = "APPLYING"
    APPLIED = "APPLIED"
    CANCELLED = "CANCELLED"


class ImportBatch(Base):
    """Files handed in by somebody, checked, then applied or put aside.

    ``files`` are [{"name", "key"}] in the store until the import ends. ``digest`` stands for the
    changes that the person has seen; ``report`` holds counts, and while the import waits the
    changes and problems shown.
    """

    __tablename__ = "roster_import_batch"
    __table_args__ = (Index(None, "created_by", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("accounts_user.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    file_names: Mapped[list[str]] = mapped_column(JSON)
    files: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    state: Mapped[BatchState] = mapped_column(enum_type(BatchState))
    row_count: Mapped[int]
    digest: Mapped[str | None] = mapped_column(String(64))
    is_renewed: Mapped[bool]
    report: Mapped[dict[str, Any]] = mapped_column(JSON)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("infra_job.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

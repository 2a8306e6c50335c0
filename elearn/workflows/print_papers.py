"""Papers for a hall without network: made as files by a job, handed to the officer who asked."""

import io
import re
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from elearn.assessment.forms.models import FormPurpose
from elearn.assessment.printing import queries, services
from elearn.assessment.printing.models import PrintedSet
from elearn.assessment.printing.queries import EntryView, FormView, SetView
from elearn.assessment.queries import get_paper
from elearn.assessment.rounds import queries as rounds
from elearn.curriculum.media import find_picture
from elearn.infra import audit, storage
from elearn.infra.db import reading, transaction
from elearn.infra.jobs import Progress, enqueue
from elearn.kernel.actor import Actor, Role
from elearn.kernel.clock import local_day, utc_now
from elearn.kernel.errors import N_, Conflict, Forbidden, Invalid, NotFound
from elearn.kernel.text import clean_line
from elearn.org.scope import UnitScope, scope_for
from elearn.workflows import assemble_forms
from elearn.workflows.certificate_files import Download

BUILD = "printing.build"
MOST_VARIANTS = 100
LONGEST_LINE = 200
_MEDIA = re.compile(r"/media/([0-9a-f]{64})/([A-Za-z0-9._-]+)")
_PRINTABLE = {"image/png", "image/jpeg", "image/webp"}


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be printed: a paper or the paper of a round, how many variants, the heading."""

    paper_code: str
    size: int
    site: str
    occasion: str
    round_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A set with its variants and the lists keyed in for it."""

    found: SetView
    forms: list[FormView]
    entries: list[EntryView]


def officer_scope(actor: Actor, day_at: datetime) -> UnitScope:
    """Return the units whose printed papers the actor may open."""
    return scope_for(actor, Role.PROGRAMME_OFFICER, day=local_day(day_at))


def _line(text: str, what: str) -> str:
    line = clean_line(text).strip()
    if not 1 <= len(line) <= LONGEST_LINE:
        raise Invalid(
            "printing.line_length",
            N_("Hãy ghi %(what)s, không quá %(most)s ký tự."),
            what=what,
            most=LONGEST_LINE,
        )
    return line


def request_set(actor: Actor, order: Order, *, now: datetime) -> tuple[int, int]:
    """Ask for equivalent variants as files; return (set, job).

    Raises NotFound for a paper that is not there or a round outside the officer's units,
    Invalid for a size or heading that cannot be.
    """
    if not 1 <= order.size <= MOST_VARIANTS:
        raise Invalid("printing.size", N_("Số mã đề phải từ 1 đến %(most)s."), most=MOST_VARIANTS)
    site, occasion = _line(order.site, "tên đơn vị tổ chức"), _line(order.occasion, "tên đợt")
    with transaction() as session:
        unit_id, version_id = _source(session, actor, order, now)
        seed = secrets.token_hex(16)
        found = PrintedSet(
            unit_id=unit_id,
            paper_version_id=version_id,
            round_id=order.round_id,
            site=site,
            occasion=occasion,
            size=order.size,
            seed=seed,
            forms_key=f"print:{seed}",
            created_by=_user_of(actor),
            created_at=now,
        )
        session.add(found)
        session.flush()
        job_id = enqueue(session, actor, BUILD, {"set_id": found.id}, now=now)
        details = {"paper": order.paper_code, "variants": order.size, "round": order.round_id}
        audit.record(session, actor, "printing.make", ("set", found.id), at=now, details=details)
        return found.id, job_id


def _user_of(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden("access.signed_out", N_("Bạn cần đăng nhập."))
    return actor.user_id


def _source(session: Session, actor: Actor, order: Order, now: datetime) -> tuple[int, int]:
    """Return (unit that the set belongs to, paper version)."""
    if order.round_id is not None:
        found = rounds.get_managed(session, officer_scope(actor, now), order.round_id)
        if found.paper_code != order.paper_code:
            raise NotFound("assessment.paper", N_("Không có bài kiểm tra này."))
        return found.unit_id, get_paper(session, order.paper_code).version_id
    unit_ids = actor.unit_ids(Role.PROGRAMME_OFFICER)
    if not unit_ids:
        raise Forbidden("access.role", N_("Bạn không có quyền in đề."))
    return min(unit_ids), get_paper(session, order.paper_code).version_id


def build(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Make the forms and the ZIP of a set; run twice, it is made once. A job."""
    from elearn.assessment.printing.bundle import write_bundle  # noqa: PLC0415 - heavy libraries

    set_id = int(payload["set_id"])
    found = _made(set_id, progress)
    if found.storage_key is not None:
        return {"set": set_id}
    with reading() as session:
        forms = queries.list_forms(session, set_id)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "set.zip"
        write_bundle(target, found, forms, _picture, lambda done: progress.report(done, len(forms)))
        key = f"printed/{set_id}-{found.seed}.zip"
        storage.put_file(key, target)
    with transaction() as session:
        row = services.lock_set(session, set_id)
        row.storage_key, row.built_at = key, utc_now()
    return {"set": set_id}


def _made(set_id: int, progress: Progress) -> SetView:
    """Let the solver make the forms of a set, give them their codes; return the set."""
    with reading() as session:
        found = queries.get_set(session, set_id, None)
    assemble_forms.assemble(
        {
            "key": found.forms_key,
            "paper_version_id": found.paper_version_id,
            "size": found.size,
            "purpose": FormPurpose.PRINT.value,
            "round_id": None,
            "seed": found.seed,
            "user_id": None,
        },
        progress,
    )
    with transaction() as session:
        services.add_forms(session, services.lock_set(session, set_id))
    return found


def _picture(source: str) -> bytes | None:
    """Return a picture that paper can hold as PNG or JPEG; None for drawings and strangers."""
    place = _MEDIA.fullmatch(source)
    if place is None:
        return None
    with reading() as session:
        media = find_picture(session, place[1], place[2])
    if media.content_type not in _PRINTABLE:
        return None
    content = storage.get(media.storage_key)
    return _as_png(content) if media.content_type == "image/webp" else content


def _as_png(content: bytes) -> bytes:
    from PIL import Image  # noqa: PLC0415 - only where a WebP picture is printed

    target = io.BytesIO()
    Image.open(io.BytesIO(content), formats=["WEBP"]).save(target, "PNG")
    return target.getvalue()


def open_set(actor: Actor, set_id: int, *, now: datetime) -> Opened:
    """Return a set of the officer's units, without keys. Raises NotFound."""
    with reading() as session:
        found = queries.get_set(session, set_id, officer_scope(actor, now))
        return Opened(
            found, queries.list_forms(session, set_id), queries.list_entries(session, set_id)
        )


def open_files(actor: Actor, set_id: int, *, now: datetime) -> Download:
    """Return the ZIP of a set, keys included; audited. Raises NotFound, Conflict."""
    with transaction() as session:
        found = queries.get_set(session, set_id, officer_scope(actor, now))
        if found.storage_key is None:
            raise Conflict("printing.waiting", N_("Bộ đề đang được tạo. Hãy thử lại sau ít phút."))
        audit.record(session, actor, "printing.download", ("set", set_id), at=now)
    return Download(f"de-{found.paper_code}-{set_id}.zip", storage.get(found.storage_key))

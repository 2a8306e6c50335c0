"""Pictures for lessons, uploaded by their authors."""

from datetime import datetime, timedelta
from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from elearn.authoring.catalogue.queries import find_module_id
from elearn.authoring.drafts.policy import check_author
from elearn.curriculum.media import current_media, store_picture
from elearn.curriculum.models import Media
from elearn.infra import audit
from elearn.infra.db import transaction
from elearn.infra.pictures import PictureInfo
from elearn.infra.uploads import redraw
from elearn.kernel.actor import Actor
from elearn.kernel.errors import N_, Conflict, NotFound, TooMany
from elearn.kernel.text import slug

MAX_PER_DAY = 100
MAX_PER_MODULE = 500
_DAY = timedelta(days=1)
_ACT = "picture.add"


def add_picture(
    actor: Actor, module_code: str, file_name: str, content: bytes, *, now: datetime
) -> str:
    """Store the picture for the lessons of a module; return the name to use in Markdown.

    The name is that of the file in plain letters; where it is taken by another picture it gets a
    number, so that no published or written lesson shows something else than its author saw.
    Raises Invalid (``picture.…``), NotFound, TooMany, Conflict for a module that is full.
    """
    check_author(actor)
    picture = redraw(content)
    with transaction() as session:
        module_id = find_module_id(session, module_code)
        if module_id is None:
            raise NotFound("module.unknown", N_("Không tìm thấy chuyên đề này."))
        _check_quota(session, actor, now)
        media = current_media(session, [module_id]).get(module_id, {})
        same = _same(media, picture.sha256)
        if same is not None:
            return same
        if len(media) >= MAX_PER_MODULE:
            raise Conflict(
                "picture.module_full",
                N_("Chuyên đề đã có %(limit)d hình, không nhận thêm."),
                limit=MAX_PER_MODULE,
            )
        name = _free_name(media, slug(PurePosixPath(file_name).stem)[:80] or "hinh", picture.suffix)
        info = PictureInfo(picture.content_type, picture.width, picture.height)
        store_picture(session, module_id, name, picture.content, info, now=now)
        audit.record(
            session,
            actor,
            _ACT,
            ("module", module_code),
            at=now,
            details={"name": name, "sha256": picture.sha256, "bytes": len(picture.content)},
        )
        return name


def _check_quota(session: Session, actor: Actor, now: datetime) -> None:
    if audit.count_since(session, actor, _ACT, now - _DAY) >= MAX_PER_DAY:
        raise TooMany(
            "picture.quota",
            N_("Bạn đã tải lên %(limit)d hình trong 24 giờ qua. Hãy thử lại sau."),
            retry_after=3600,
            limit=MAX_PER_DAY,
        )


def _same(media: dict[str, Media], sha256: str) -> str | None:
    """Return the name under which the module has this very picture already."""
    return next((name for name, each in media.items() if each.sha256 == sha256), None)


def _free_name(media: dict[str, Media], stem: str, suffix: str) -> str:
    name, number = f"{stem}{suffix}", 1
    while name in media:
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name

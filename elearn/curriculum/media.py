"""Pictures of modules: stored by their hash, served under it, never changed."""

import re
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.curriculum.models import Media
from elearn.infra import storage
from elearn.infra.pictures import PictureInfo
from elearn.infra.richtext_syntax import Picture
from elearn.kernel.errors import N_, NotFound

_SERVED = re.compile(
    r'<img alt="[^"]*"(?: height="(\d+)")? src="/media/([0-9a-f]{64})/([A-Za-z0-9._-]+)"'
    r'(?: title="[^"]*")?(?: width="(\d+)")?'
)


def address(sha256: str, name: str) -> str:
    """Return where the picture is served."""
    return f"/media/{sha256}/{name}"


def store_picture(
    session: Session,
    module_id: int,
    name: str,
    content: bytes,
    info: PictureInfo,
    *,
    now: datetime,
) -> Media:
    """Store a checked picture of a module; ``name`` now means this one. Safe to repeat."""
    suffix = name[name.rfind(".") :].lower()
    key = storage.put_by_hash("media", content, suffix)
    sha256 = key.rpartition("/")[2].removesuffix(suffix)
    media = session.scalars(
        select(Media).where(
            Media.module_id == module_id, Media.name == name, Media.sha256 == sha256
        )
    ).one_or_none()
    if media is None:
        media = Media(module_id=module_id, name=name, sha256=sha256)
        session.add(media)
    media.content_type, media.byte_count = info.content_type, len(content)
    media.width, media.height = info.width, info.height
    media.storage_key, media.added_at = key, now
    session.flush()
    return media


def current_media(session: Session, module_ids: Iterable[int]) -> dict[int, dict[str, Media]]:
    """Return for each module the picture that each name means now; one query."""
    rows = session.scalars(
        select(Media)
        .where(Media.module_id.in_(list(module_ids)))
        .order_by(Media.added_at, Media.id)
    )
    found: dict[int, dict[str, Media]] = {}
    for media in rows:
        found.setdefault(media.module_id, {})[media.name] = media
    return found


def pictures_of(media: dict[str, Media]) -> dict[str, Picture]:
    """Return ``media`` as a rendering needs them."""
    return {
        name: Picture(address(item.sha256, name), item.width, item.height)
        for name, item in media.items()
    }


def pictures_in(html: str) -> dict[str, Picture]:
    """Return the pictures that rendered ``html`` shows, by name."""
    return {
        name: Picture(
            address(sha256, name), int(width) if width else None, int(height) if height else None
        )
        for height, sha256, name, width in _SERVED.findall(html)
    }


def find_picture(session: Session, sha256: str, name: str) -> Media:
    """Return the stored picture served under ``sha256`` and ``name``. Raises NotFound."""
    media = session.scalars(
        select(Media).where(Media.sha256 == sha256, Media.name == name).limit(1)
    ).one_or_none()
    if media is None:
        raise NotFound("media.unknown", N_("Không tìm thấy hình này."))
    return media

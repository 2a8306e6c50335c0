"""Stored files: pictures, documents, exports, by key, in a folder or an object store.

The store is opened with the first file that is asked for: each process of its own, after forking.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app

from elearn.kernel.errors import N_, NotFound

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_EXTENSION = "elearn_storage"


def init_app(app: Flask, storage_url: str) -> None:
    """Give ``app`` the store at ``storage_url`` (file://, s3://, memory://…)."""
    if storage_url.startswith("file://"):
        Path(storage_url.removeprefix("file://")).mkdir(parents=True, exist_ok=True)
    app.extensions[_EXTENSION] = storage_url


def _store() -> "ObjectStore":
    found: str | ObjectStore = current_app.extensions[_EXTENSION]
    if not isinstance(found, str):
        return found
    from obstore.store import from_url  # noqa: PLC0415 - 4 MiB that most pages do without

    store = from_url(found)
    current_app.extensions[_EXTENSION] = store
    return store


def put(key: str, content: bytes) -> None:
    """Store ``content`` under ``key``; the same key again replaces it."""
    _store().put(key, content)


def put_by_hash(prefix: str, content: bytes, suffix: str) -> str:
    """Store ``content`` under its SHA-256 and return the key ``prefix/ab/abcd…suffix``."""
    digest = hashlib.sha256(content).hexdigest()
    key = f"{prefix}/{digest[:2]}/{digest}{suffix}"
    put(key, content)
    return key


def put_file(key: str, path: Path) -> None:
    """Store the file at ``path`` under ``key`` without reading it whole into memory."""
    with path.open("rb") as file:
        _store().put(key, file)


def get(key: str) -> bytes:
    """Return what is stored under ``key``. Raises NotFound."""
    try:
        return bytes(_store().get(key).bytes())
    except FileNotFoundError as error:
        raise NotFound("file.unknown", N_("Không tìm thấy tệp.")) from error


def stream(key: str) -> Iterator[bytes]:
    """Return what is stored under ``key`` in pieces of about a megabyte. Raises NotFound."""
    try:
        found = _store().get(key)
    except FileNotFoundError as error:
        raise NotFound("file.unknown", N_("Không tìm thấy tệp.")) from error
    return (bytes(piece) for piece in found.stream(min_chunk_size=1024 * 1024))


def delete(key: str) -> None:
    """Remove what is stored under ``key``, if anything is."""
    _store().delete(key)

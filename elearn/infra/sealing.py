"""Files that browsers encrypt for this site: the RSA key, and the stamps that pages carry.

The key lies in ``<data folder>/keys/rescue.key`` (PKCS 8, mode 0600), made at first start; its
public half beside it in ``rescue.pub``. A sealed file is JSON ``{format, version, key, wrapped, iv,
data}``: an AES-256-GCM key wrapped by RSA-OAEP (SHA-256), its nonce and what it encrypted, base64.
A stamp says that a page of this site was made for something: HMAC-SHA-256 by a key that follows
from the private one. The library that decrypts is loaded with the first file opened.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_EXTENSION = "elearn_sealing"
_BITS = 3072
_FIELDS = frozenset({"format", "version", "key", "wrapped", "iv", "data"})


class Unreadable(ValueError):
    """A file that cannot be opened: no sealed file at all, or changed since it was made."""


class OtherKey(ValueError):
    """A file that was sealed for another site."""


class SealKeys:
    """The key pair below one folder."""

    def __init__(self, folder: Path) -> None:
        self._private_path = folder / "rescue.key"
        self._public_path = folder / "rescue.pub"

    def ensure(self) -> None:
        """Make the key pair; of several processes at once, one makes it."""
        self._private_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._private_path.exists():
            self._make()
        if not self._public_path.exists():
            self._write_public()

    @cached_property
    def public(self) -> str:
        """The public key as browsers import it: SPKI, base64."""
        return self._public_path.read_text(encoding="ascii").strip()

    @cached_property
    def key_id(self) -> str:
        """The name of the key: the first 16 hex digits of the SHA-256 of its public half."""
        return hashlib.sha256(b64decode(self.public)).hexdigest()[:16]

    def stamp(self, *parts: object) -> str:
        """Return the stamp of ``parts``; nobody else can make it."""
        text = "/".join(str(part) for part in parts)
        return hmac.new(self._stamp_key, text.encode(), hashlib.sha256).hexdigest()

    def is_stamped(self, stamp: object, *parts: object) -> bool:
        """Whether ``stamp`` was made here for ``parts``."""
        return isinstance(stamp, str) and hmac.compare_digest(
            stamp.encode(), self.stamp(*parts).encode()
        )

    def open(self, content: bytes, file_format: str) -> object:
        """Return the JSON value sealed in the file ``content``. Raises Unreadable, OtherKey."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - 6 MiB, seldom needed
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.asymmetric import padding  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

        file = _parsed(content, file_format)
        if file["key"] != self.key_id:
            raise OtherKey
        oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
        try:
            key = self._private().decrypt(b64decode(file["wrapped"], validate=True), oaep)
            sealed = b64decode(file["data"], validate=True)
            plain = AESGCM(key).decrypt(b64decode(file["iv"], validate=True), sealed, None)
            return json.loads(plain)
        except (InvalidTag, ValueError, TypeError, RecursionError) as error:
            raise Unreadable from error

    @cached_property
    def _stamp_key(self) -> bytes:
        return hashlib.sha256(b"elearn-rescue-stamp\n" + self._private_path.read_bytes()).digest()

    def _private(self) -> "RSAPrivateKey":
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - as above

        key = serialization.load_pem_private_key(self._private_path.read_bytes(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("rescue.key holds no RSA key")
        return key

    def _make(self) -> None:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - as above

        pem = rsa.generate_private_key(65537, _BITS).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        draft = self._private_path.with_name(f".draft-{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link appears whole or not at all, and never over another process's key.
            os.link(draft, self._private_path)
        except FileExistsError:
            return
        finally:
            draft.unlink()

    def _write_public(self) -> None:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as above

        public = self._private().public_key()
        spki = public.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        draft = self._public_path.with_name(f".public-{secrets.token_hex(8)}")
        draft.write_text(b64encode(spki).decode("ascii") + "\n", encoding="ascii")
        draft.replace(self._public_path)


def _parsed(content: bytes, file_format: str) -> dict[str, Any]:
    try:
        file = json.loads(content)
    except (ValueError, RecursionError, Base64Error) as error:
        raise Unreadable from error
    if not isinstance(file, dict) or file.keys() != _FIELDS:
        raise Unreadable
    texts = (file["key"], file["wrapped"], file["iv"], file["data"])
    if not all(isinstance(text, str) for text in texts):
        raise Unreadable
    if (file["format"], file["version"]) != (file_format, 1):
        raise Unreadable
    return file


def init_app(app: Flask, data_dir: Path) -> None:
    """Give ``app`` its key pair; the first start makes it."""
    keys = SealKeys(data_dir / "keys")
    keys.ensure()
    app.extensions[_EXTENSION] = keys


def keys() -> SealKeys:
    """Return the key pair of the running site."""
    found: SealKeys = current_app.extensions[_EXTENSION]
    return found

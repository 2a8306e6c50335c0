"""The site's Ed25519 keys: one signs, those in ``trusted`` verify.

The key lies in ``<data folder>/keys/signing.key`` (mode 0600), made at first start. Its public half
stays in ``keys/trusted/<key id>.pub`` for ever, so that what an earlier key signed still verifies
when another signs, or when the key itself was lost. The library that signs is loaded with the
first signature made or checked.
"""

import hashlib
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_EXTENSION = "elearn_signing"
_KEY = "signing.key"


def encoded(content: bytes) -> str:
    """Return ``content`` as base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    """Return the bytes of base64url ``text``. Raises ValueError."""
    try:
        content = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (Base64Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error
    # One writing only: stray characters and leftover bits would make many texts of one meaning.
    if encoded(content) != text:
        raise ValueError("not base64url")
    return content


def key_id_of(public: bytes) -> str:
    """Return the name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def _private_key(content: bytes) -> "Ed25519PrivateKey":
    """Return the key whose 32 bytes are ``content``."""
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - 6 MiB

    return ed25519.Ed25519PrivateKey.from_private_bytes(content)


def _is_signed(content: bytes, signature: str, public: bytes) -> bool:
    """Whether the key ``public`` made the base64url ``signature`` over ``content``."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - as above

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(decoded(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and the key that made it."""

    key_id: str
    value: str


class KeyFolder:
    """The keys below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trusted_folder = folder / "trusted"

    def ensure(self) -> None:
        """Make the folder and the first key; of several processes at once, one makes it."""
        for folder in (self.folder, self.trusted_folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self.folder / _KEY).exists():
            self._make_first()
            self._trust(self._private())

    def _make_first(self) -> None:
        draft = self._draft()
        try:
            # A link appears whole or not at all, and never over another process's key.
            os.link(draft, self.folder / _KEY)
        except FileExistsError:
            return
        finally:
            draft.unlink()

    def rotate(self) -> str:
        """Let a new key sign from now on and return its id; older ones still verify."""
        draft = self._draft()
        private = _private_key(draft.read_bytes())
        self._trust(self._private())
        key_id = self._trust(private)
        draft.replace(self.folder / _KEY)
        return key_id

    def sign(self, content: bytes) -> Signature:
        """Sign ``content`` with the present key; one laid there by hand is trusted from now on."""
        private = self._private()
        key_id = key_id_of(private.public_key().public_bytes_raw())
        if key_id not in self.trusted():
            self._trust(private)
        return Signature(key_id, encoded(private.sign(content)))

    @property
    def present_key_id(self) -> str:
        """The id of the key that signs now."""
        return key_id_of(self._private().public_key().public_bytes_raw())

    def trusted(self) -> dict[str, bytes]:
        """Return the public keys that may have signed, by key id."""
        keys = {}
        for path in sorted(self.trusted_folder.glob("*.pub")):
            public = decoded(path.read_text(encoding="ascii").strip())
            # The name is not believed: a key goes by what it is.
            keys[key_id_of(public)] = public
        return keys

    def verifies(self, content: bytes, signature: Signature) -> bool:
        """Whether a trusted key of that id made ``signature`` over ``content``."""
        public = self.trusted().get(signature.key_id)
        return public is not None and _is_signed(content, signature.value, public)

    def _draft(self) -> Path:
        draft = self.folder / f".draft-{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            # An Ed25519 key is 32 random bytes (RFC 8032, 5.1.5).
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        return draft

    def _private(self) -> "Ed25519PrivateKey":
        return _private_key((self.folder / _KEY).read_bytes())

    def _trust(self, private: "Ed25519PrivateKey") -> str:
        public = private.public_key().public_bytes_raw()
        key_id = key_id_of(public)
        path = self.trusted_folder / f"{key_id}.pub"
        draft = self.trusted_folder / f".{key_id}-{secrets.token_hex(4)}"
        draft.write_text(encoded(public) + "\n", encoding="ascii")
        draft.replace(path)
        return key_id


def init_app(app: Flask, data_dir: Path) -> None:
    """Give ``app`` its keys; the first start makes one."""
    keys = KeyFolder(data_dir / "keys")
    keys.ensure()
    app.extensions[_EXTENSION] = keys


def keys() -> KeyFolder:
    """Return the keys of the running site."""
    found: KeyFolder = current_app.extensions[_EXTENSION]
    return found

"""What static/js/attempt/rescue.js does, in Python: a file that only the site can open."""

import json
import secrets
from base64 import b64decode, b64encode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from elearn.infra.sealing import SealKeys


def sealed(keys: SealKeys, content: object, **changes: object) -> bytes:
    """Return the file that seals ``content`` for ``keys``; ``changes`` are of its outer fields."""
    public = serialization.load_der_public_key(b64decode(keys.public))
    assert isinstance(public, rsa.RSAPublicKey)
    key, iv = secrets.token_bytes(32), secrets.token_bytes(12)
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    data = AESGCM(key).encrypt(iv, json.dumps(content).encode(), None)
    file = {
        "format": "elearn-rescue",
        "version": 1,
        "key": keys.key_id,
        "wrapped": b64encode(public.encrypt(key, oaep)).decode(),
        "iv": b64encode(iv).decode(),
        "data": b64encode(data).decode(),
    }
    return json.dumps({**file, **changes}).encode()

"""The signed content of the QR code: every printed field but the birth date, and who signed it.

``<base>/verify/<code>#<payload>.<signature>``: ``payload`` is base64url (no padding) of compact
UTF-8 JSON with sorted keys, ``signature`` base64url of the Ed25519 signature over the ASCII text
``payload``. What follows # is not sent to a server by browsers, so scanning tells nobody the name.
"""

import json
import re
from dataclasses import dataclass
from datetime import date

from elearn.certificates.snapshot import Snapshot
from elearn.infra.signing import KeyFolder, Signature, decoded, encoded

VERSION = 1
# So that the modules of the printed QR code stay above 0.3 mm: 1,000 bytes of content. Of texts
# that are longer together, each is cut to its share and ends in an ellipsis (here, not in print).
_ROOM = 1000
_LENGTHS = (400, 200, 120, 80, 50, 30)
# The address as it stands, uncompressed, in the link of a certificate's PDF.
_IN_FILE = re.compile(
    rb"/verify/([0-9A-Za-z-]{20,40})#([A-Za-z0-9_-]{20,8000})\.([A-Za-z0-9_-]{86})"
)


@dataclass(frozen=True, slots=True)
class SignedContent:
    """What a certificate carries for its own proof."""

    code: str
    payload: str
    signature: str


def _cut(text: str | None, length: int) -> str | None:
    if text is None or len(text) <= length:
        return text
    return text[: length - 1] + "…"


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _fields(snapshot: Snapshot, length: int) -> dict[str, object]:
    fields: dict[str, object] = {
        "title": _cut(snapshot.title, length),
        "issuer": _cut(snapshot.issuer, length),
        "name": snapshot.full_name,
        "unit": _cut(snapshot.unit_name, length),
        "programme": _cut(snapshot.programme_title, 2 * length),
        "mode": snapshot.mode.value,
        "minutes": snapshot.minutes,
        "completed": _iso(snapshot.completed_on),
        "expires": _iso(snapshot.expires_on),
        "result": _cut(snapshot.result, length),
        "basis": _cut(snapshot.legal_basis, length),
        "place": _cut(snapshot.place, length),
        "issued": _iso(snapshot.issued_on),
        "signer": _cut(snapshot.signer_name, length),
        "post": _cut(snapshot.signer_title, length),
    }
    return {name: value for name, value in fields.items() if value is not None}


def payload_of(snapshot: Snapshot, serial: str, key_id: str) -> str:
    """Return the payload of a certificate; the same snapshot gives the same text."""
    content = b""
    for length in _LENGTHS:
        fields = {"v": VERSION, "key": key_id, "serial": serial, **_fields(snapshot, length)}
        text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        content = text.encode()
        if len(content) <= _ROOM:
            break
    return encoded(content)


def sign(snapshot: Snapshot, serial: str, keys: KeyFolder) -> tuple[str, Signature]:
    """Return the payload of a certificate and the signature of the present key over it."""
    while True:
        key_id = keys.present_key_id
        payload = payload_of(snapshot, serial, key_id)
        signature = keys.sign(payload.encode("ascii"))
        # Another process may have rotated the key in between; the payload must name the right one.
        if signature.key_id == key_id:
            return payload, signature


def qr_content(base_url: str, content: SignedContent) -> str:
    """Return the text of the QR code."""
    return f"{base_url}/verify/{content.code}#{content.payload}.{content.signature}"


def find_signed_content(file: bytes) -> SignedContent | None:
    """Return the signed content that the bytes of a PDF carry, None when they carry none.

    Only bytes are searched: a file from a stranger is never parsed.
    """
    found = _IN_FILE.search(file)
    if found is None:
        return None
    code, payload, signature = (part.decode("ascii") for part in found.groups())
    return SignedContent(code, payload, signature)


def read_payload(payload: str) -> dict[str, object] | None:
    """Return the fields of ``payload``, None when it is none of ours."""
    try:
        fields = json.loads(decoded(payload))
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and fields.get("v") == VERSION else None


def is_signed(content: SignedContent, keys: KeyFolder) -> bool:
    """Whether a trusted key of this site signed the payload, by the key that it names."""
    fields = read_payload(content.payload)
    if fields is None:
        return False
    signature = Signature(str(fields.get("key")), content.signature)
    return keys.verifies(content.payload.encode("ascii"), signature)

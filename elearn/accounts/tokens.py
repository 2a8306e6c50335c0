"""Secrets that browsers and letters carry; the database keeps only their hashes."""

import hashlib
import re
import secrets
import unicodedata

# Crockford's base 32: no letter that reads like a digit, so that it can be typed from paper.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LINK_LENGTH = 24
_GROUP = 4
_NOT_CODE = re.compile(r"[\s\-_.]+")
_LOOKALIKES = str.maketrans("oil", "011")


def new_session_token() -> str:
    """Return the token of a sign-in session: 256 random bits."""
    return secrets.token_urlsafe(32)


def new_link_token() -> str:
    """Return the token of a one-time link: 120 random bits in six groups, fit for paper."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LINK_LENGTH))
    return "-".join(code[at : at + _GROUP] for at in range(0, _LINK_LENGTH, _GROUP))


def plain_link_token(given: str) -> str:
    """Return what was typed or followed in the form that is hashed.

    Spaces and hyphens do not matter, nor case, full-width or other digits, nor o, i, l.
    """
    digits = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in unicodedata.normalize("NFKC", given)
    )
    return _NOT_CODE.sub("", digits).lower().translate(_LOOKALIKES)


def token_hash(token: str) -> str:
    """Return the form in which a session or link token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_hash(given: str) -> str:
    """Return the stored form of the link token that was typed or followed."""
    return token_hash(plain_link_token(given))

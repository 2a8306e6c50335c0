"""Password hashes: argon2id, a few at a time, as slow for strangers as for acquaintances."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from elearn.accounts.rules import PASSWORD_MAX
from elearn.kernel.errors import N_, TooMany
from elearn.kernel.text import nfc

# OWASP's second set of parameters: 19 MiB, two passes, one lane (reliability.md section 1, 6).
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# The hash of a thrown-away random password, made with the parameters above: verified where there
# is no account or no password yet, so that the answer takes the same time.
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$a7ribXBXFE0GTG31lyXggw$"
    "7NfCtZF/bHjVwrK1XvDeHSIOQV4oYO3hmDjKqOVXJGU"
)
# Each hash takes 19 MiB and a core for tens of milliseconds: a rush of sign-ins must queue here
# instead of taking the machine's memory and the time of those who answer questions.
_SLOTS = threading.BoundedSemaphore(2)
_PATIENCE_SECONDS = 10.0


@contextmanager
def _slot() -> Iterator[None]:
    if not _SLOTS.acquire(timeout=_PATIENCE_SECONDS):
        raise TooMany(
            "password.busy",
            N_("Nhiều người đang đăng nhập cùng lúc. Hãy thử lại sau vài giây."),
            retry_after=5,
        )
    try:
        yield
    finally:
        _SLOTS.release()


def hash_password(password: str) -> str:
    """Return the argon2id hash of ``password`` in NFC. Raises TooMany when all slots stay taken."""
    with _slot():
        return _HASHER.hash(nfc(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` is the one behind ``password_hash``; None costs as much and is False.

    The password is compared in NFC: a keyboard that types decomposed letters signs in too.
    """
    given = nfc(password) if len(password) <= 4 * PASSWORD_MAX else ""
    with _slot():
        try:
            _HASHER.verify(password_hash or _NOBODY, given)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
    return password_hash is not None and given != ""


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)

"""What state a certificate is in and what may happen to it: pure decisions."""

from datetime import date
from enum import StrEnum


class EventKind(StrEnum):
    """How the life of a certificate ends before its time."""

    REVOKED = "REVOKED"
    REPLACED = "REPLACED"


class ReasonClass(StrEnum):
    """Why a certificate was revoked or replaced; the class is public, the reason is not."""

    WRONG_COMPLETION = "WRONG_COMPLETION"
    DISHONESTY = "DISHONESTY"
    ISSUED_IN_ERROR = "ISSUED_IN_ERROR"
    PERSON_DATA_CORRECTED = "PERSON_DATA_CORRECTED"
    ISSUER_MISTAKE = "ISSUER_MISTAKE"
    OTHER = "OTHER"


class CertificateState(StrEnum):
    """What anybody may know of a certificate."""

    ISSUED = "ISSUED"
    REPLACED = "REPLACED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


# The classes an officer chooses from; the first is what happens most.
REVOKE_REASONS = (
    ReasonClass.ISSUED_IN_ERROR,
    ReasonClass.WRONG_COMPLETION,
    ReasonClass.DISHONESTY,
    ReasonClass.OTHER,
)
REPLACE_REASONS = (
    ReasonClass.PERSON_DATA_CORRECTED,
    ReasonClass.ISSUER_MISTAKE,
    ReasonClass.OTHER,
)
# The person had not earned the completion, so it does not count from the day of revocation on.
_COMPLETION_FALLS = frozenset({ReasonClass.WRONG_COMPLETION, ReasonClass.DISHONESTY})


def state_of(ended_by: EventKind | None, expires_on: date | None, today: date) -> CertificateState:
    """Return the state on ``today``; ``expires_on`` is the first day no longer valid."""
    if ended_by is EventKind.REVOKED:
        return CertificateState.REVOKED
    if ended_by is EventKind.REPLACED:
        return CertificateState.REPLACED
    if expires_on is not None and expires_on <= today:
        return CertificateState.EXPIRED
    return CertificateState.ISSUED


def completion_falls(reason: ReasonClass) -> bool:
    """Whether revoking for ``reason`` also revokes the completion (design.md section 4)."""
    return reason in _COMPLETION_FALLS


def outlives(new_end: date | None, old_end: date | None) -> bool:
    """Whether a completion valid to ``new_end`` renews a certificate valid to ``old_end``."""
    if old_end is None:
        return False
    return new_end is None or new_end > old_end

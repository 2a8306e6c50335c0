"""What anybody may do: look a certificate up by its code, or by its number and name; check a file.

Misses are counted per address in the database, so that codes and names cannot be tried out.
"""

from datetime import datetime, timedelta

from elearn.accounts.limiter import admit, forget
from elearn.accounts.limits import Bucket, Limit
from elearn.certificates import queries
from elearn.certificates.queries import CertificateView
from elearn.certificates.verification import Finding, Verdict, examine
from elearn.infra.db import reading, transaction
from elearn.infra.signing import keys
from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, NotFound

_WINDOW = timedelta(minutes=15)
CODES = Limit(most=30, free=30, window=_WINDOW)
NAMES = Limit(most=20, free=20, window=_WINDOW)
FILES = Limit(most=60, free=60, window=_WINDOW)


def _miss() -> NotFound:
    return NotFound(
        "verify.unknown",
        N_("Không có chứng nhận nào ứng với thông tin này. Hãy kiểm tra lại từng ký tự."),
    )


def find_by_code(code: str, address_key: str, *, now: datetime) -> CertificateView:
    """Return the certificate of a public code; a code is 130 bits, so hits are not counted.

    Raises NotFound, the same for a code that is unknown and for what can be no code; TooMany.
    """
    with reading() as session:
        found = queries.find_by_code(session, code, today=local_day(now))
    if found is not None:
        return found
    with transaction() as session:
        admit(session, [Bucket("verify.code", address_key, CODES)], now=now)
    raise _miss()


def find_by_serial(
    serial: str, full_name: str, address_key: str, *, now: datetime
) -> CertificateView:
    """Return the certificate of a number to who also knows the name on it.

    Raises NotFound, the same for a wrong number and a wrong name; TooMany.
    """
    with transaction() as session:
        tries = admit(session, [Bucket("verify.name", address_key, NAMES)], now=now)
    with transaction() as session:
        found = queries.find_by_serial_and_name(session, serial, full_name, today=local_day(now))
        if found is not None:
            forget(session, [], tries)
    if found is None:
        raise _miss()
    return found


def check_file(content: bytes, address_key: str, *, now: datetime) -> Verdict:
    """Return what a PDF file is worth; nothing of it is kept. Raises TooMany."""
    with transaction() as session:
        tries = admit(session, [Bucket("verify.file", address_key, FILES)], now=now)
    with transaction() as session:
        verdict = examine(session, content, keys(), today=local_day(now))
        if verdict.finding is Finding.AUTHENTIC:
            forget(session, [], tries)
    return verdict

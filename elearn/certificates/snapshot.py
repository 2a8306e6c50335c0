"""What a certificate says: frozen when it is issued, printed, signed and shown from here alone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Mode(StrEnum):
    """How the programme was completed."""

    ONLINE = "ONLINE"
    CLASS = "CLASS"
    EXTERNAL = "EXTERNAL"


# Official papers are Vietnamese whatever language the page around them has.
MODE_WORDS = {
    Mode.ONLINE: "trực tuyến",
    Mode.CLASS: "tập trung",
    Mode.EXTERNAL: "tại cơ sở đào tạo khác",
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every printed field but the number, as it was on ``issued_on``.

    ``minutes`` is the time planned for the lessons; ``expires_on`` the first day no longer valid;
    ``signer_title`` may have several lines.
    """

    title: str
    issuer: str
    superior: str | None
    place: str | None
    full_name: str
    birth_date: date | None
    unit_name: str | None
    programme_title: str
    mode: Mode
    minutes: int | None
    completed_on: date
    expires_on: date | None
    result: str
    legal_basis: str | None
    signer_title: str
    signer_name: str | None
    issued_on: date


def short_day(day: date) -> str:
    """Return dd/mm/yyyy."""
    return f"{day:%d/%m/%Y}"


def long_day(day: date) -> str:
    """Return the day as Decree 30/2020 writes it: zeros before days under 10, months 1 and 2."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def duration(minutes: int) -> str:
    """Return e.g. ``45 phút``, ``2 giờ``, ``1 giờ 05 phút``."""
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{rest} phút"
    return f"{hours} giờ" if rest == 0 else f"{hours} giờ {rest:02d} phút"

"""When a score review may be asked for, and what points may be recorded. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from elearn.kernel.clock import local_day
from elearn.kernel.errors import N_, Invalid

# A review can be asked for up to this many days after the result was shown (docs/marking.md).
REVIEW_DAYS = 7
LONGEST_REASON = 2000
_STEP = Decimal("0.01")


def last_day(released_at: datetime) -> date:
    """Return the last local day on which a review of a result may be asked for."""
    return local_day(released_at) + timedelta(days=REVIEW_DAYS)


def checked_points(most: Mapping[int, Decimal], given: Mapping[int, str]) -> dict[int, Decimal]:
    """Return {item id: points}; ``most``: what each can bring. Raises Invalid."""
    if not given or not given.keys() <= most.keys():
        raise Invalid("review.points", N_("Hãy ghi điểm mới cho ít nhất một câu hỏi."))
    return {item_id: _points(text, most[item_id]) for item_id, text in given.items()}


def _points(text: str, most: Decimal) -> Decimal:
    try:
        points = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite() or not 0 <= points <= most or points % _STEP:
        raise Invalid(
            "review.points",
            N_("“%(text)s”: điểm phải từ 0 đến %(most)s, không quá hai chữ số thập phân."),
            text=text[:40],
            most=f"{most.normalize():f}".replace(".", ","),
        )
    return points

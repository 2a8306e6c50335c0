"""Figures of statistics as people read them."""

from decimal import Decimal

from elearn.assessment.statistics.models import Reliability
from elearn.assessment.statistics.rules import Advice
from elearn.kernel.errors import N_
from elearn.web.i18n import format_number
from elearn.web.words import _, translated

_METHODS = {
    Reliability.ALPHA: N_("KR-20 (alpha): mọi người làm cùng một bộ câu hỏi."),
    Reliability.DRAWN: N_(
        "Phân tích phương sai: mỗi người một đề rút ngẫu nhiên, may rủi của đề tính là sai số."
    ),
}


def share(value: float) -> str:
    """Return a share, 0 to 1, in whole percent; what is neither nothing nor all stays so."""
    percent = round(100 * value)
    if percent in (0, 100) and value not in (0, 1):
        return "<1%" if percent == 0 else ">99%"
    return f"{percent}%"


def correlation(value: float | None) -> str:
    """Return a correlation or a z with two decimals and a true minus sign; "–" for none."""
    if value is None:
        return "–"
    return format_number(Decimal(f"{value:.2f}")).replace("-", "−")


def seconds_text(value: float | None) -> str:
    """Return a time in seconds below two minutes, else in minutes; "–" for none."""
    if value is None:
        return "–"
    if value < 120:
        return _("%(n)s giây", n=round(value))
    return _("%(n)s phút", n=round(value / 60))


def sentence(advice: Advice) -> str:
    """Return a piece of advice in the reader's language."""
    return translated(advice.message, **advice.params)


def method_text(method: Reliability | None) -> str:
    """Return how a reliability was estimated."""
    return translated(_METHODS[method]) if method else ""

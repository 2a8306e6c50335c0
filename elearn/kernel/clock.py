"""The only reader of the system clock, and the local calendar of Viet Nam."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def utc_now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_day(at: datetime) -> date:
    """Return the calendar day in Viet Nam at the aware instant ``at``."""
    return at.astimezone(LOCAL_ZONE).date()


def today() -> date:
    """Return the present calendar day in Viet Nam."""
    return local_day(utc_now())


def end_of_local_day(day: date) -> datetime:
    """Return the first instant after the local ``day``, in UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=LOCAL_ZONE)
    return midnight.astimezone(UTC)


def read_day(text: str) -> date | None:
    """Return the day written YYYY-MM-DD or dd/mm/yyyy; None when it is neither."""
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, shape).replace(tzinfo=LOCAL_ZONE).date()
        except ValueError:
            continue
    return None

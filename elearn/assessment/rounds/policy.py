"""Who may begin an attempt in a round, and what a round may look like: pure decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from elearn.assessment.rounds.models import RoundKind, RoundTicket
from elearn.assessment.rounds.queries import RoundView, Seat
from elearn.assessment.rounds.rules import Phase, slots_of
from elearn.kernel.clock import LOCAL_ZONE, local_day
from elearn.kernel.errors import N_, AppError, Conflict, Forbidden, Invalid

MOST_ATTEMPTS = 10
LONGEST_TITLE, LONGEST_QUESTION, LONGEST_REASON = 200, 500, 500
LONGEST_FORECAST = 10_000_000
SHORTEST_SLOT, LONGEST_SLOT = 10, 12 * 60
MOST_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Draft:
    """What an officer writes of a round; ``groups``: (programme code, group code), none: all."""

    title: str
    kind: RoundKind
    unit_id: int
    paper_id: int
    opens_at: datetime
    closes_at: datetime
    roster_on: date
    attempts: int
    needs_ticket: bool
    slot_minutes: int | None
    forecast_question: str | None
    groups: tuple[tuple[str, str], ...]


def choose(seats: Sequence[Seat], now: datetime) -> Seat | None:
    """Return the seat that matters now: open and ending first, else next to open, else the last.

    None when there is none.
    """
    standing = [seat for seat in seats if not seat.is_cancelled] or list(seats)

    def order(seat: Seat) -> tuple[int, float]:
        phase = seat.window.phase(now)
        if phase is Phase.OPEN and seat.closed_at is None:
            return 0, seat.window.last_instant.timestamp()
        if phase is Phase.BEFORE:
            return 1, seat.window.starts_at.timestamp()
        return 2, -seat.window.last_instant.timestamp()

    return min(standing, key=order, default=None)


def _clock(at: datetime) -> str:
    return at.astimezone(LOCAL_ZONE).strftime("%H:%M %d/%m/%Y")


def refusal_to_sit(seat: Seat | None, now: datetime) -> AppError | None:
    """Return why an attempt may not begin in the round of ``seat`` now, None when it may."""
    if seat is None:
        return Forbidden(
            "round.not_listed",
            N_(
                "Bạn không có trong danh sách của đợt làm bài này. Nếu bạn cho rằng có nhầm lẫn, "
                "hãy báo bộ phận nhân sự của đơn vị."
            ),
        )
    if seat.is_cancelled:
        return Conflict("round.cancelled", N_("Đợt “%(title)s” đã được hủy."), title=seat.title)
    phase = seat.window.phase(now)
    if phase is Phase.BEFORE:
        return Conflict(
            "round.not_open",
            N_("Chưa đến giờ làm bài: bạn bắt đầu được từ %(time)s."),
            time=_clock(seat.window.starts_at),
        )
    if phase is Phase.AFTER or seat.closed_at is not None:
        return Conflict(
            "round.over",
            N_("Thời gian làm bài của bạn đã kết thúc lúc %(time)s."),
            time=_clock(seat.window.last_instant),
        )
    return None


def no_such_ticket() -> Invalid:
    """Return the refusal of a code that is no ticket of the round, or somebody else's."""
    return Invalid(
        "ticket.wrong",
        N_("Mã phiếu không đúng. Hãy xem lại mã in trên phiếu của phòng bạn."),
    )


def refusal_of_ticket(ticket: RoundTicket | None, person_id: int, now: datetime) -> AppError:
    """Return why a ticket that could not be used was refused."""
    if ticket is None or ticket.person_id not in (None, person_id):
        return no_such_ticket()
    if ticket.revoked_at is not None:
        return Conflict("ticket.revoked", N_("Phiếu này đã bị thu hồi. Hãy hỏi cán bộ coi thi."))
    if ticket.used_at is not None:
        return Conflict(
            "ticket.used",
            N_("Phiếu này đã được dùng lúc %(time)s. Hãy xin cán bộ coi thi phiếu khác."),
            time=_clock(ticket.used_at),
        )
    return Conflict(
        "ticket.expired",
        N_("Phiếu này đã hết hạn lúc %(time)s. Hãy xin cán bộ coi thi phiếu khác."),
        time=_clock(min(ticket.expires_at, now)),
    )


def check_draft(draft: Draft) -> None:
    """Raise Invalid for a round that could not be held."""
    if not 1 <= len(draft.title) <= LONGEST_TITLE:
        raise Invalid(
            "round.title", N_("Hãy đặt tên đợt, không quá %(most)s ký tự."), most=LONGEST_TITLE
        )
    if draft.opens_at >= draft.closes_at:
        raise Invalid("round.window", N_("Đợt phải kết thúc sau khi bắt đầu."))
    if not 1 <= draft.attempts <= MOST_ATTEMPTS:
        raise Invalid(
            "round.attempts", N_("Số lượt làm bài từ 1 đến %(most)s."), most=MOST_ATTEMPTS
        )
    _check_slots(draft)
    _check_forecast(draft)


def _check_slots(draft: Draft) -> None:
    if draft.slot_minutes is None:
        return
    if not SHORTEST_SLOT <= draft.slot_minutes <= LONGEST_SLOT:
        raise Invalid(
            "round.slot",
            N_("Mỗi ca dài từ %(least)s đến %(most)s phút."),
            least=SHORTEST_SLOT,
            most=LONGEST_SLOT,
        )
    if not slots_of(draft.opens_at, draft.closes_at, draft.slot_minutes):
        raise Invalid(
            "round.no_slot",
            N_(
                "Khoảng thời gian của đợt không chứa được ca nào %(minutes)s phút trong giờ làm "
                "việc. Hãy kéo dài đợt hoặc rút ngắn ca."
            ),
            minutes=draft.slot_minutes,
        )


def _check_forecast(draft: Draft) -> None:
    if draft.forecast_question is None:
        return
    if draft.kind is not RoundKind.CONTEST:
        raise Invalid("round.forecast", N_("Chỉ cuộc thi mới có câu hỏi dự đoán."))
    if len(draft.forecast_question) > LONGEST_QUESTION:
        raise Invalid(
            "round.forecast_long",
            N_("Câu hỏi dự đoán không quá %(most)s ký tự."),
            most=LONGEST_QUESTION,
        )


def check_plannable(view: RoundView, count: int, now: datetime) -> None:
    """Raise Invalid when the round cannot be planned now with ``count`` people."""
    if view.closes_at <= now:
        raise Invalid("round.past", N_("Thời gian của đợt đã qua. Hãy sửa lại rồi chốt danh sách."))
    if view.roster_on > local_day(now):
        raise Invalid(
            "round.roster_day",
            N_("Ngày chốt danh sách chưa đến. Hãy chọn hôm nay hoặc một ngày đã qua."),
        )
    if not count:
        raise Invalid(
            "round.nobody",
            N_("Không có ai thuộc đối tượng của đợt vào ngày chốt. Hãy xem lại đơn vị và nhóm."),
        )
    limit, slot = view.time_limit_minutes, view.slot_minutes
    if limit is not None and slot is not None and slot < limit:
        raise Invalid(
            "round.slot_short",
            N_("Ca %(slot)s phút ngắn hơn thời gian làm bài %(limit)s phút."),
            slot=slot,
            limit=limit,
        )

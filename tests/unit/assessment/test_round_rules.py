"""Windows, deadlines, slots, codes of tickets and places of a contest, over any input."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from elearn.assessment.rounds.entry import read_forecast
from elearn.assessment.rounds.rules import (
    TICKET_LENGTH,
    TICKET_LETTERS,
    Entry,
    Phase,
    Slot,
    Window,
    ranked,
    shown_ticket,
    slots_of,
    spread,
    tidy_ticket,
)
from elearn.kernel.clock import LOCAL_ZONE

MONDAY = datetime(2026, 6, 1, 1, tzinfo=UTC)  # 08:00 in Viet Nam
moments = st.integers(0, 30 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))
lengths = st.integers(1, 10 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
extras = st.integers(0, 300)


def _window(starts: datetime, length: timedelta, extra: int) -> Window:
    return Window(starts, starts + length, extra)


@given(moments, lengths, extras, moments)
def test_a_moment_lies_before_in_or_after_a_window(starts, length, extra, now) -> None:
    window = _window(starts, length, extra)
    phase = window.phase(now)
    assert (phase is Phase.BEFORE) == (now < starts)
    assert (phase is Phase.AFTER) == (now >= starts + length + timedelta(minutes=extra))


@given(moments, lengths, extras, st.integers(0, 10**6), st.none() | st.integers(1, 300))
def test_a_deadline_lies_in_the_window_and_gives_no_more_than_the_limit(
    starts, length, extra, after, limit
) -> None:
    window = _window(starts, length, extra)
    began = starts + timedelta(seconds=after)
    assume(window.phase(began) is Phase.OPEN)
    deadline = window.deadline(began, limit)
    assert began < deadline <= window.last_instant
    if limit is not None:
        assert deadline <= began + timedelta(minutes=limit + extra)
        assert deadline in (window.last_instant, began + timedelta(minutes=limit + extra))


@given(moments, lengths, extras, st.none() | st.integers(1, 300), st.integers(1, 300))
def test_extra_time_moves_every_deadline_by_just_as_much(
    starts, length, extra, limit, more
) -> None:
    window, longer = _window(starts, length, extra), _window(starts, length, extra + more)
    moved = longer.deadline(starts, limit) - window.deadline(starts, limit)
    assert moved == timedelta(minutes=more)


@given(moments, lengths, st.integers(10, 720))
def test_slots_follow_one_another_inside_the_window(starts, length, minutes) -> None:
    ends = starts + length
    slots = slots_of(starts, ends, minutes)
    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=minutes) for slot in slots)
    assert all(starts <= slot.starts_at and slot.ends_at <= ends for slot in slots)
    for first, second in itertools.pairwise(slots):
        assert first.ends_at <= second.starts_at
    days = {starts.astimezone(LOCAL_ZONE).date(), ends.astimezone(LOCAL_ZONE).date()}
    if len(days) > 1:
        for slot in slots:
            begin, end = (at.astimezone(LOCAL_ZONE) for at in (slot.starts_at, slot.ends_at))
            assert begin.hour >= 7
            assert (end.hour, end.minute) <= (17, 0)


def test_a_survey_week_has_slots_on_its_weekdays_only() -> None:
    friday_to_monday = slots_of(MONDAY + timedelta(days=4), MONDAY + timedelta(days=7), 120)
    weekdays = [slot.starts_at.astimezone(LOCAL_ZONE).weekday() for slot in friday_to_monday]
    assert weekdays == [4, 4, 4, 4]
    weekend = slots_of(MONDAY + timedelta(days=5), MONDAY + timedelta(days=6, hours=9), 120)
    assert {slot.starts_at.astimezone(LOCAL_ZONE).weekday() for slot in weekend} == {5, 6}


def test_an_evening_may_be_cut_into_slots() -> None:
    evening = MONDAY + timedelta(hours=11)
    slots = slots_of(evening, evening + timedelta(hours=2), 60)
    assert [slot.starts_at for slot in slots] == [evening, evening + timedelta(hours=1)]


@given(
    st.dictionaries(st.integers(1, 500), st.integers(1, 3000), min_size=1),
    st.integers(1, 40),
)
def test_units_are_spread_evenly(sizes, count) -> None:
    slots = [
        Slot(MONDAY + timedelta(hours=n), MONDAY + timedelta(hours=n + 1)) for n in range(count)
    ]
    chosen = spread(sizes, slots)
    assert chosen.keys() == sizes.keys()
    filled = dict.fromkeys(slots, 0)
    for unit, slot in chosen.items():
        filled[slot] += sizes[unit]
    assert max(filled.values()) - min(filled.values()) <= max(sizes.values())
    assert spread(dict(reversed(sizes.items())), slots) == chosen


@given(st.text(alphabet=TICKET_LETTERS, min_size=TICKET_LENGTH, max_size=TICKET_LENGTH))
def test_a_code_is_read_as_it_is_shown_and_as_people_type_it(code) -> None:
    assert tidy_ticket(shown_ticket(code)) == code
    assert tidy_ticket(f" {shown_ticket(code).lower()} ".replace("-", " - ")) == code


@given(st.text())
def test_what_is_no_code_is_none(text) -> None:
    code = tidy_ticket(text)
    assert code is None or (len(code) == TICKET_LENGTH and set(code) <= set(TICKET_LETTERS))


@given(st.text())
def test_a_forecast_is_a_number_or_none(text) -> None:
    forecast = read_forecast(text)
    assert forecast is None or 0 <= forecast <= 10_000_000


def test_a_forecast_is_read_as_people_write_numbers() -> None:
    assert [read_forecast(text) for text in ("24.399", " 24 399 ", "0", "-1", "2,5", "")] == [
        24399,
        24399,
        0,
        None,
        None,
        None,
    ]


entries = st.lists(
    st.tuples(
        st.integers(0, 4).map(lambda n: Decimal(n * 25)),
        st.none() | st.integers(0, 20),
        st.integers(0, 50),
    ),
    max_size=40,
).map(
    lambda rows: [
        Entry(number, percent, forecast, seconds)
        for number, (percent, forecast, seconds) in enumerate(rows)
    ]
)


@given(entries, st.none() | st.integers(0, 20))
def test_places_go_by_points_then_forecast_then_time(entered, answer) -> None:
    by_id = {entry.person_id: entry for entry in entered}
    places = ranked(entered, answer)
    assert {placed.person_id for placed in places} == by_id.keys()

    def key(person_id: int) -> tuple[object, ...]:
        entry = by_id[person_id]
        silent = answer is not None and entry.forecast is None
        distance = 0 if answer is None or silent else abs((entry.forecast or 0) - answer)
        return -entry.percent, silent, distance, entry.seconds

    for placed in places:
        better = sum(key(other) < key(placed.person_id) for other in by_id)
        assert placed.place == better + 1

"""What a save may look like on the wire, and what becomes of an event."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.domain.protocol import Event, Save, parse_save
from elearn.assessment.models import AnswerStatus, AttemptState, FeedbackRule
from elearn.assessment.policy import is_released, verdict
from elearn.kernel.errors import Invalid

UUID = "6f1f7a54-9b2c-4b1e-8a53-0d6f0a1c2b3d"
EVENT = {"uuid": UUID, "item": 7, "client_seq": 3, "value": "a"}
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


def test_a_save_is_read_as_the_device_wrote_it() -> None:
    save = parse_save({"epoch": 2, "events": [EVENT, {**EVENT, "uuid": UUID.upper()}]})
    assert save == Save(2, (Event(UUID, 7, 3, "a"), Event(UUID.upper(), 7, 3, "a")))
    assert {event.key for event in save.events} == {UUID}


def test_an_item_may_be_named_as_the_form_field_is() -> None:
    assert parse_save({"epoch": 1, "events": [{**EVENT, "item": "7"}]}).events[0].item == 7


def test_a_save_without_events_asks_for_the_time() -> None:
    assert parse_save({"epoch": 1, "events": []}) == Save(1, ())


@pytest.mark.parametrize(
    "change",
    [
        {"uuid": "not-a-uuid"},
        {"uuid": UUID.replace("-", "")},
        {"uuid": None},
        {"item": None},
        {"item": -1},
        {"item": 2**31},
        {"item": "7a"},
        {"item": "٧"},
        {"item": True},
        {"client_seq": "3"},
        {"client_seq": 3.0},
        {"client_seq": -1},
        {"client_seq": 2**53},
        {"client_seq": False},
        {"score": 10},
    ],
)
def test_a_malformed_event_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(Invalid, match=r"assessment\.save"):
        parse_save({"epoch": 1, "events": [{**EVENT, **change}]})


@pytest.mark.parametrize("key", sorted(EVENT))
def test_an_event_that_lacks_a_key_is_refused(key: str) -> None:
    with pytest.raises(Invalid, match=r"assessment\.save"):
        parse_save({"epoch": 1, "events": [{k: v for k, v in EVENT.items() if k != key}]})


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"epoch": 1},
        {"epoch": "1", "events": []},
        {"epoch": True, "events": []},
        {"epoch": 1, "events": {}},
        {"epoch": 1, "events": [None]},
        {"epoch": 1, "events": [EVENT] * 201},
        {"epoch": 1, "events": [], "state": "graded"},
    ],
)
def test_a_malformed_save_is_refused(payload: object) -> None:
    with pytest.raises(Invalid, match=r"assessment\.save"):
        parse_save(payload)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["epoch", "events", "uuid", "item", "client_seq", "value"]), inner
            )
        ),
    )
)
def test_any_json_is_read_or_refused(payload: object) -> None:
    try:
        assert isinstance(parse_save(payload), Save)
    except Invalid as error:
        assert error.code == "assessment.save"  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("state", "seconds_to_deadline", "event_epoch", "expected"),
    [
        (AttemptState.IN_PROGRESS, 1, 2, (AnswerStatus.STORED, None)),
        (AttemptState.IN_PROGRESS, 0, 2, (AnswerStatus.STORED, None)),
        (AttemptState.IN_PROGRESS, None, 2, (AnswerStatus.STORED, None)),
        (AttemptState.IN_PROGRESS, -1, 2, (AnswerStatus.LATE, "deadline")),
        (AttemptState.GRADED, 1, 2, (AnswerStatus.LATE, "submitted")),
        (AttemptState.GRADED, None, 2, (AnswerStatus.LATE, "submitted")),
        (AttemptState.GRADED, -1, 2, (AnswerStatus.LATE, "deadline")),
        (AttemptState.IN_PROGRESS, 1, 1, (AnswerStatus.SUPERSEDED, "epoch")),
        (AttemptState.IN_PROGRESS, -1, 1, (AnswerStatus.SUPERSEDED, "epoch")),
        (AttemptState.GRADED, 1, 1, (AnswerStatus.SUPERSEDED, "epoch")),
    ],
)
def test_the_verdict_on_an_event(
    state: AttemptState,
    seconds_to_deadline: int | None,
    event_epoch: int,
    expected: tuple[AnswerStatus, str | None],
) -> None:
    deadline = (
        None if seconds_to_deadline is None else NOON + timedelta(seconds=seconds_to_deadline)
    )
    assert verdict(state, deadline, 2, event_epoch, NOON) == expected


@pytest.mark.parametrize("rule", FeedbackRule)
@pytest.mark.parametrize("state", AttemptState)
def test_keys_are_released_only_after_submit_and_only_where_the_paper_says_so(
    rule: FeedbackRule, state: AttemptState
) -> None:
    expected = rule is FeedbackRule.AFTER_SUBMIT and state is AttemptState.GRADED
    assert is_released(rule, state) is expected

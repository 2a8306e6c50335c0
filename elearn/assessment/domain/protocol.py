"""The answer protocol on the wire (design.md section 6): what a save may look like."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elearn.kernel.errors import N_, Invalid

# A page sends a handful; a queue that drains after a long break sends some hundreds in pieces.
MOST_EVENTS = 200
# The largest whole number that JavaScript holds exactly.
LARGEST_SEQ = 2**53 - 1
_LARGEST_ID = 2**31 - 1
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DIGITS = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one answer; ``uuid`` as the device wrote it, ``value`` unchecked."""

    uuid: str
    item: int
    client_seq: int
    value: object

    @property
    def key(self) -> str:
        """Return the uuid as it is stored."""
        return self.uuid.lower()


@dataclass(frozen=True, slots=True)
class Save:
    """What a device sends at once: its epoch and its changes, perhaps none."""

    epoch: int
    events: tuple[Event, ...]


def _refused() -> Invalid:
    return Invalid("assessment.save", N_("Dữ liệu lưu bài không đúng dạng nên chưa được nhận."))


def _number(value: object, largest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= largest:
        raise _refused()
    return value


def _item(value: object) -> int:
    # Form fields are named by item ids, so a device may send the name it read: digits as text.
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        return _number(int(value), _LARGEST_ID)
    return _number(value, _LARGEST_ID)


def _object(value: object, keys: frozenset[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict) or value.keys() != keys:
        raise _refused()
    return value


def _event(given: object) -> Event:
    fields = _object(given, frozenset({"uuid", "item", "client_seq", "value"}))
    uuid = fields["uuid"]
    if not isinstance(uuid, str) or not _UUID.fullmatch(uuid):
        raise _refused()
    return Event(
        uuid=uuid,
        item=_item(fields["item"]),
        client_seq=_number(fields["client_seq"], LARGEST_SEQ),
        value=fields["value"],
    )


def parse_save(payload: object) -> Save:
    """Return the save that the decoded JSON ``payload`` is.

    ``{epoch, events: [{uuid, item, client_seq, value}]}``, no key more or less, at most
    MOST_EVENTS events. Raises Invalid for the whole of it when any part has another shape.
    """
    fields = _object(payload, frozenset({"epoch", "events"}))
    events = fields["events"]
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise _refused()
    return Save(_number(fields["epoch"], _LARGEST_ID), tuple(_event(event) for event in events))

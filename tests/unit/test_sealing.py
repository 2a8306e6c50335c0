"""Files that browsers seal for the site: opened here alone, and only as they were made."""

import json
import stat
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from elearn.infra.sealing import OtherKey, SealKeys, Unreadable
from tests.support.sealed import sealed

CONTENT = {"attempt": 7, "events": ["câu trả lời"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def keys(folder: Path) -> SealKeys:
    keys = SealKeys(folder)
    keys.ensure()
    return keys


def test_the_private_key_is_for_the_site_alone_and_stays(keys: SealKeys, folder: Path) -> None:
    private = folder / "rescue.key"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    before = private.read_bytes()
    again = SealKeys(folder)
    again.ensure()
    assert private.read_bytes() == before
    assert (again.public, again.key_id) == (keys.public, keys.key_id)
    assert sorted(path.name for path in folder.iterdir()) == ["rescue.key", "rescue.pub"]


def test_a_lost_public_half_is_written_anew(keys: SealKeys, folder: Path) -> None:
    before = keys.public
    (folder / "rescue.pub").unlink()
    again = SealKeys(folder)
    again.ensure()
    assert again.public == before


def test_what_was_sealed_is_opened(keys: SealKeys) -> None:
    assert keys.open(sealed(keys, CONTENT), "elearn-rescue") == CONTENT


def test_a_file_for_another_site_is_told_from_a_spoilt_one(keys: SealKeys, tmp_path: Path) -> None:
    other = SealKeys(tmp_path)
    other.ensure()
    with pytest.raises(OtherKey):
        keys.open(sealed(other, CONTENT), "elearn-rescue")
    with pytest.raises(Unreadable):
        keys.open(sealed(other, CONTENT, key=keys.key_id), "elearn-rescue")


@pytest.mark.parametrize("field", ["wrapped", "iv", "data"])
def test_any_changed_bit_is_noticed(keys: SealKeys, field: str) -> None:
    file = json.loads(sealed(keys, CONTENT))
    whole = b64decode(file[field])
    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 1
        spoilt = {**file, field: b64encode(changed).decode()}
        with pytest.raises(Unreadable):
            keys.open(json.dumps(spoilt).encode(), "elearn-rescue")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"format": "elearn-rescue"}',
    ],
)
def test_what_is_no_sealed_file_is_unreadable(keys: SealKeys, content: bytes) -> None:
    with pytest.raises(Unreadable):
        keys.open(content, "elearn-rescue")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"version": 2},
        {"iv": None},
        {"data": 5},
        {"data": "không phải base64"},
        {"iv": ""},
        {"more": 1},
    ],
)
def test_another_shape_is_unreadable(keys: SealKeys, change: dict[str, object]) -> None:
    with pytest.raises(Unreadable):
        keys.open(sealed(keys, CONTENT, **change), "elearn-rescue")


def test_a_stamp_holds_for_its_parts_alone(keys: SealKeys, tmp_path: Path) -> None:
    stamp = keys.stamp("attempt", 7, 3)
    assert keys.is_stamped(stamp, "attempt", 7, 3)
    assert not keys.is_stamped(stamp, "attempt", 73, "")
    assert not keys.is_stamped(stamp, "attempt", 7, 4)
    assert not keys.is_stamped(None, "attempt", 7, 3)
    assert not keys.is_stamped("ắ", "attempt", 7, 3)
    other = SealKeys(tmp_path)
    other.ensure()
    assert other.stamp("attempt", 7, 3) != stamp

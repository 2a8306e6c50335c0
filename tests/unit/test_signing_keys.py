"""The key folder: made once, kept secret, rotated without losing trust."""

import stat
import threading
from pathlib import Path

from elearn.infra.signing import KeyFolder, Signature, decoded, encoded


def ready(folder: Path) -> KeyFolder:
    keys = KeyFolder(folder / "keys")
    keys.ensure()
    return keys


def test_the_first_start_makes_a_key_that_only_the_owner_reads(tmp_path: Path) -> None:
    keys = ready(tmp_path)
    mode = (tmp_path / "keys" / "signing.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert list(keys.trusted()) == [keys.present_key_id]


def test_a_second_start_keeps_the_key(tmp_path: Path) -> None:
    first = ready(tmp_path).present_key_id
    assert ready(tmp_path).present_key_id == first


def test_many_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    barrier = threading.Barrier(16)
    found: list[str] = []

    def start() -> None:
        barrier.wait()
        found.append(ready(tmp_path).present_key_id)

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir() if path.is_file()] == [
        "signing.key"
    ]


def test_what_was_signed_verifies_and_nothing_else_does(tmp_path: Path) -> None:
    keys = ready(tmp_path)
    signature = keys.sign(b"noi dung")
    assert keys.verifies(b"noi dung", signature)
    assert not keys.verifies(b"noi dung!", signature)
    assert not keys.verifies(b"noi dung", Signature("0" * 16, signature.value))
    assert not keys.verifies(b"noi dung", Signature(signature.key_id, "khong phai"))
    assert not keys.verifies(b"noi dung", Signature(signature.key_id, encoded(b"\0" * 64)))


def test_after_rotation_old_signatures_still_verify(tmp_path: Path) -> None:
    keys = ready(tmp_path)
    old = keys.sign(b"x")
    new_id = keys.rotate()
    assert keys.present_key_id == new_id != old.key_id
    assert keys.sign(b"x").key_id == new_id
    assert keys.verifies(b"x", old)
    assert keys.verifies(b"x", keys.sign(b"x"))


def test_a_lost_key_is_replaced_and_old_signatures_still_verify(tmp_path: Path) -> None:
    old = ready(tmp_path).sign(b"x")
    (tmp_path / "keys" / "signing.key").unlink()
    keys = ready(tmp_path)
    assert keys.present_key_id != old.key_id
    assert keys.verifies(b"x", old)


def test_a_public_key_is_trusted_for_what_it_is_not_for_its_file_name(tmp_path: Path) -> None:
    keys = ready(tmp_path)
    stranger = ready(tmp_path / "stranger")
    forged = stranger.sign(b"x")
    public = next((tmp_path / "stranger" / "keys" / "trusted").glob("*.pub")).read_text()
    mine = tmp_path / "keys" / "trusted" / f"{keys.present_key_id}.pub"
    mine.write_text(public)
    assert not keys.verifies(b"x", Signature(keys.present_key_id, forged.value))


def test_base64url_has_one_writing_only() -> None:
    assert decoded(encoded(b"\x00\xff")) == b"\x00\xff"
    for odd in ("AP8=", "AP9", "A P8", "AP/", "á"):
        try:
            decoded(odd)
        except ValueError:
            continue
        raise AssertionError(odd)

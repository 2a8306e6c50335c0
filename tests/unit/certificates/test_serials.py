"""Serials and public codes."""

import pytest

from elearn.certificates.serial import (
    grouped,
    normal_code,
    public_code,
    serial_of,
    series_prefix,
    series_word,
)

CODE = "7KQM42XR9TABCDEFGHJK0123ZY"


def test_a_serial_tells_series_year_and_number() -> None:
    assert serial_of("GCN", 2026, 42) == "GCN-2026-00042"
    assert serial_of("GCN", 2026, 123456) == "GCN-2026-123456"


def test_a_series_is_spelt_one_way() -> None:
    assert series_word("gcn") == "GCN"
    assert series_word("GCN/Bồi dưỡng") == "GCN-B-I-D-NG"
    assert series_word("…") == "GCN"


def test_a_second_issuer_has_a_prefix_that_no_series_can_have() -> None:
    assert series_prefix("GCN", 0) == "GCN"
    assert series_prefix("GCN", 1) == "GCN.2"
    assert series_word("GCN.2") != "GCN.2"


def test_a_code_holds_130_bits_in_letters_that_cannot_be_misread() -> None:
    assert public_code(b"\x00" * 17) == "0" * 26
    assert public_code(b"\xff" * 17) == "Z" * 26
    assert len({public_code(bytes([number]) * 17) for number in range(256)}) == 256


@pytest.mark.parametrize(
    "given",
    [CODE, CODE.lower(), grouped(CODE), f" {grouped(CODE).lower()} ", CODE.replace("0", "o"),
     CODE.replace("1", "l"), CODE.replace("1", "I")],
)  # fmt: skip
def test_a_code_is_understood_however_it_is_typed(given: str) -> None:
    assert normal_code(given) == CODE


@pytest.mark.parametrize(
    "given", ["", "ABC", CODE + "A", CODE[:-1] + "U", CODE[:-1] + "đ", "x" * 10_000, "\0" * 26]
)
def test_what_cannot_be_a_code_is_none(given: str) -> None:
    assert normal_code(given) is None

"""Words and numbers as people write them: Unicode, accents, signs, thousands, units."""

import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.assessment.domain.question_types import TYPES, grade
from elearn.assessment.domain.question_types.writing import (
    LONGEST_LINE,
    LONGEST_TEXT,
    as_typed,
    is_near,
    readings,
)
from elearn.kernel.errors import Invalid
from tests.factories.questions import CLOZE, ESSAY, NUMERIC, SHORT_TEXT

EXACT = {**SHORT_TEXT, "match": "exact"}
NO_BREAK, NARROW, THIN, ZERO_WIDTH = "\u00a0", "\u202f", "\u2009", "\u200b"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("90,61", ["90.61"]),
        ("90.61", ["90.61"]),
        ("+90,61", ["90.61"]),
        ("-5", ["-5"]),
        ("− 5", ["-5"]),
        ("–5", ["-5"]),
        ("1234", ["1234"]),
        ("1.234", ["1.234", "1234"]),
        ("1,234", ["1.234", "1234"]),
        ("0.123", ["0.123"]),
        ("0,123", ["0.123"]),
        ("1.234,5", ["1234.5"]),
        ("1,234.5", ["1234.5"]),
        ("1.234.567", ["1234567"]),
        ("1 234 567,89", ["1234567.89"]),
        ("1'234", ["1234"]),
        ("1’234", ["1234"]),
        (f"1{NO_BREAK}234{NO_BREAK}567", ["1234567"]),
        (f"1{NARROW}234,5", ["1234.5"]),
        (f"1{THIN}234", ["1234"]),
        (f"9{ZERO_WIDTH}0", ["90"]),
        ("  90 ", ["90"]),
        ("007", ["7"]),
        ("", []),
        ("chín mươi", []),
        ("12 34", []),
        ("1.23.456", []),
        ("1.234 567", []),
        ("1,2,3", []),
        ("12,", []),
        (",5", []),
        ("--5", []),
        ("5-", []),
        ("1e3", []),
        ("0x10", []),
        ("NaN", []),
        ("Infinity", []),
        ("٣", []),
        ("90%", []),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, numbers: list[str]) -> None:
    assert readings(text) == [Decimal(number) for number in numbers]


@pytest.mark.parametrize("text", ["90,61%", "90.61 %", f"90,61{NO_BREAK}%", "90,61"])
def test_the_unit_may_stand_behind(text: str) -> None:
    assert readings(text, "%") == [Decimal("90.61")]
    assert grade("numeric", NUMERIC, text) == 1


@pytest.mark.parametrize("text", ["90,61 điểm", "% 90,61", "90,61 %%", "90,61% hơn"])
def test_another_unit_is_no_number(text: str) -> None:
    assert readings(text, "%") == []
    assert grade("numeric", NUMERIC, text) == 0


def test_a_unit_in_words_is_read_without_accents() -> None:
    assert readings("15 ngay lam viec", "ngày làm việc") == [Decimal(15)]


@pytest.mark.parametrize(
    ("text", "share"),
    [("90,60", 1), ("90,62", 1), ("90,599", 0), ("90,621", 0), ("9061", 0), ("0,9061", 0)],
)
def test_the_tolerance_is_counted_exactly(text: str, share: int) -> None:
    assert grade("numeric", NUMERIC, text) == share


def test_the_smallest_difference_counts_however_many_digits() -> None:
    digits = "1" * 400
    assert is_near(Decimal(digits), Decimal(digits), Decimal(0))
    assert not is_near(Decimal(digits), Decimal(digits) + Decimal("1E-90"), Decimal(0))
    assert is_near(Decimal("1E+999999"), Decimal(5), Decimal("1E+999999"))


def test_what_is_read_in_two_ways_is_right_when_either_is() -> None:
    body = {"answer": "1234", "tolerance": "0", "unit": None}
    assert grade("numeric", body, "1.234") == 1
    assert grade("numeric", {**body, "answer": "1.234"}, "1.234") == 1
    assert grade("numeric", {**body, "answer": "1.235"}, "1.234") == 0
    assert TYPES["numeric"].tally(body, "1.234") == ("1234",)
    assert TYPES["numeric"].tally({**body, "answer": "1.2"}, "1.234") == ("1.234",)


GROUPS = [",", ".", " ", "'", NO_BREAK, NARROW]


@given(
    st.integers(0, 10**12),
    st.integers(0, 999_999),
    st.sampled_from(GROUPS),
    st.sampled_from(",."),
    st.sampled_from(["", "-", "+"]),
)
def test_every_way_to_part_thousands_is_read(
    whole: int, fraction: int, group: str, mark: str, sign: str
) -> None:
    number = Decimal(f"{sign}{whole}.{fraction}")
    assert number in readings(f"{sign}{whole}{mark}{fraction}")
    if group != mark:
        parted = f"{whole:,}".replace(",", group)
        assert readings(f"{sign}{parted}{mark}{fraction:04}") == [
            Decimal(f"{sign}{whole}.{fraction:04}")
        ]


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-9999, max_value=9999)
)
def test_a_number_is_read_from_what_we_write(number: Decimal) -> None:
    assert number in readings(as_typed(number))
    body = {"answer": str(number), "tolerance": "0", "unit": None}
    assert grade("numeric", body, TYPES["numeric"].correct_form(body)) == 1


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert all(number.is_finite() for number in readings(text, "%"))


@pytest.mark.parametrize(
    "text",
    [
        "Một cửa",
        "  Một   cửa ",
        f"Một{NO_BREAK}cửa",
        unicodedata.normalize("NFD", "Một cửa"),
        f"Một{ZERO_WIDTH} cửa",
    ],
)
def test_exact_words_may_differ_in_blanks_and_in_the_form_of_unicode(text: str) -> None:
    assert grade("short_text", EXACT, TYPES["short_text"].check_value(EXACT, text)) == 1


@pytest.mark.parametrize("text", ["một cửa", "Mot cua", "Mộtcửa", "MỘT CỬA"])
def test_exact_words_may_not_differ_in_letters(text: str) -> None:
    assert grade("short_text", EXACT, text) == 0
    assert grade("short_text", SHORT_TEXT, text) == 1


@pytest.mark.parametrize(
    ("text", "share"),
    [("co che mot cua", 1), ("COCHEMOTCUA", 1), ("một cửa liên thông", 0), ("", 0), ("   ", 0)],
)
def test_folded_words_count_without_case_accents_and_spaces(text: str, share: int) -> None:
    assert grade("short_text", SHORT_TEXT, text) == share


def test_d_with_a_stroke_counts_as_d() -> None:
    body = {**SHORT_TEXT, "answers": ["Đề án"]}
    assert grade("short_text", body, "de an") == 1
    assert TYPES["short_text"].tally(body, "ĐỀ  ÁN") == ("dean",)


def test_gaps_earn_their_part_each() -> None:
    assert grade("cloze", CLOZE, ["76 / nq - cp", "b"]) == Decimal("0.5")
    assert grade("cloze", CLOZE, ["", "a"]) == Decimal("0.5")
    assert grade("cloze", CLOZE, ["76", "a"]) == 1
    assert TYPES["cloze"].tally(CLOZE, ["76 NQ", ""]) == ("0=76nq",)


@pytest.mark.parametrize(("name", "body"), [("short_text", SHORT_TEXT), ("numeric", NUMERIC)])
def test_a_line_has_an_end(name: str, body: dict[str, object]) -> None:
    kept = TYPES[name].check_value(body, "x" * LONGEST_LINE + "  \n")
    assert kept == "x" * LONGEST_LINE
    with pytest.raises(Invalid, match=r"assessment\.too_long"):
        TYPES[name].check_value(body, "x" * (LONGEST_LINE + 1))


def test_an_essay_is_kept_as_written() -> None:
    kind = TYPES["essay"]
    assert kind.check_value(ESSAY, "Một\r\nhai\x00  ba") == "Một\nhai  ba"
    assert kind.check_value(ESSAY, " \n\t") == ""
    with pytest.raises(Invalid, match=r"assessment\.too_long"):
        kind.check_value(ESSAY, "x" * (LONGEST_TEXT + 1))


def test_an_essay_earns_what_people_give_it() -> None:
    assert grade("essay", ESSAY, "Bài viết") == 0
    assert grade("essay", ESSAY, "Bài viết", {"": Decimal("0.75")}) == Decimal("0.75")
    assert grade("essay", ESSAY, "Bài viết", {"": Decimal(7)}) == 1

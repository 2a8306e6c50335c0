"""Which passwords and usernames are good enough."""

import unicodedata

import pytest

from elearn.accounts.common_words import COMMON_WORDS
from elearn.accounts.rules import (
    check_password,
    check_username,
    clean_username,
    is_common,
    propose_username,
)
from elearn.kernel.errors import Invalid

GOOD = (
    "mưa rơi trên mái ngói đỏ",
    "dòng sông trôi ngược mây",
    "x7#kPq2!vNz9",
    "correct horse battery",
    "246813579024",
)


def _refusal(password: str) -> str | None:
    try:
        check_password(password, "anh.lt", "Lò Thử Ánh")
    except Invalid as error:
        return error.code
    return None


@pytest.mark.parametrize("password", GOOD)
def test_a_good_password_passes_without_digits_or_signs(password: str) -> None:
    assert _refusal(password) is None


def test_length_counts_characters_of_the_precomposed_form() -> None:
    eleven = "ắằẳẵặấầẩẫậx"
    assert len(unicodedata.normalize("NFD", eleven)) > 12
    assert _refusal(unicodedata.normalize("NFD", eleven)) == "password.short"
    assert _refusal(unicodedata.normalize("NFD", eleven + "y")) is None


def test_128_characters_pass_and_129_do_not() -> None:
    text = "mười con ngựa chạy quanh hồ " * 5
    assert _refusal(text[:128]) is None
    assert _refusal(text[:129]) == "password.long"


@pytest.mark.parametrize(
    "password",
    [
        "matkhau123456",
        "Mật khẩu 2025!",
        "P@ssw0rd2024!",
        "m4tkh4u!!!!!!",
        "Hành chính 2025",
        "sonla@123456",
        "AnhYeuEm123456",
        "nguyenvananh123",
        "qwertyuiop12",
        "123456789012",
        "098765432109",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "001202000123",
        "12345678901234567890",
        "cải cách hành chính",
    ],
)
def test_a_password_that_guessers_try_first_is_refused(password: str) -> None:
    assert _refusal(password) == "password.common"


@pytest.mark.parametrize(
    "password", ["loThuAnh2025!!", "Lò Thử Ánh 90", "anh.lt anh.lt", "anhlothu1990!"]
)
def test_a_password_about_its_owner_is_refused(password: str) -> None:
    assert _refusal(password) == "password.personal"


def test_more_than_3000_common_passwords_are_refused() -> None:
    passwords = {
        f"{word}{tail}"
        for word in COMMON_WORDS
        if len(word) >= 4
        for tail in ("12345678", "@2025!!!", "2024#2024", "........", "!@#$%^&*")
    }
    assert len(passwords) > 3000
    assert [password for password in passwords if not is_common(password)] == []


@pytest.mark.parametrize(
    ("full_name", "username"),
    [
        ("Lò Thử Ánh", "anh.lt"),
        ("Nguyễn Thị Ngọc Đỗ", "do.ntn"),
        ("Ý", "cb.y"),
        ("A B", "b.a"),
        ("Hờ A Tủa", "tua.ha"),
    ],
)
def test_a_username_comes_from_the_name(full_name: str, username: str) -> None:
    assert propose_username(full_name) == username
    check_username(username)


def test_a_very_long_name_gives_a_username_with_room_for_a_number() -> None:
    assert len(propose_username("Thử " * 25 + "X" * 60)) <= 56


@pytest.mark.parametrize(
    "username", ["", "ab", ".anh", "anh.", "anh..lt", "Anh", "ánh", "anh lt", "a" * 65, "anh/lt"]
)
def test_a_username_of_another_shape_is_refused(username: str) -> None:
    with pytest.raises(Invalid, match=r"username\.shape"):
        check_username(username)


def test_a_username_may_be_typed_with_capitals_spaces_and_accents() -> None:
    assert clean_username("  Ánh.LT ") == "anh.lt"

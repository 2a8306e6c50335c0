"""Pure decisions about accounts: passwords, usernames, sign-in sessions, one-time links."""

import re
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from elearn.accounts.common_words import COMMON_WORDS
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import fold, nfc, slug

PASSWORD_MIN = 12
PASSWORD_MAX = 128
# ASVS 5.0 7.3.1 and 7.3.2; reliability.md C14.
SESSION_IDLE = timedelta(minutes=30)
SESSION_LENGTH = timedelta(hours=12)
# How late the "last seen" of a session may be, so that reading a page is seldom a write.
SESSION_TOUCH = timedelta(minutes=3)
# reliability.md C16.
LINK_LENGTH = timedelta(hours=72)

USERNAME_MAX = 64
USERNAME_MIN = 3
_USERNAME = re.compile(r"[a-z0-9](?:[._-]?[a-z0-9])*")
_NOT_LETTER = re.compile(r"[^a-z]")
_EDGES = re.compile(r"^[^a-z@$]+|[^a-z@$]+$")
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a"})
_LEET.update({ord("$"): "s", ord("!"): "i"})
_MOST_COMMON_WORDS = 3
_FEWEST_DIFFERENT = 5
_LONGEST_COMMON = max(map(len, COMMON_WORDS))
# A personal identification number: the twelve digits on every identity card.
_CITIZEN_NUMBER = re.compile(r"0\d{11}")


class AccountState(StrEnum):
    """How far a person's account is: none made, link not used yet, in use, barred."""

    NONE = "NONE"
    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


def check_password(password: str, username: str, full_name: str) -> None:
    """Refuse a password that is too short, too long or among the first that a guesser tries.

    Lengths count characters after NFC. No rule asks for digits or signs (ASVS 5.0 6.2.5).
    Raises Invalid.
    """
    text = nfc(password)
    if len(text) < PASSWORD_MIN:
        raise Invalid(
            "password.short", N_("Mật khẩu phải có ít nhất %(least)d ký tự."), least=PASSWORD_MIN
        )
    if len(text) > PASSWORD_MAX:
        raise Invalid(
            "password.long", N_("Mật khẩu không được quá %(most)d ký tự."), most=PASSWORD_MAX
        )
    if _is_about(text, username, full_name):
        raise Invalid(
            "password.personal", N_("Mật khẩu không được dựa vào tên hoặc tên đăng nhập của bạn.")
        )
    if _is_plain(text) or is_common(text):
        raise Invalid(
            "password.common",
            N_("Mật khẩu này quá dễ đoán. Hãy ghép vài từ không liên quan đến nhau."),
        )


def _is_about(password: str, username: str, full_name: str) -> bool:
    letters = _NOT_LETTER.sub("", fold(password))
    words = fold(full_name).split()
    names = {
        _NOT_LETTER.sub("", name)
        for name in (username, "".join(words), "".join(words[-1:] + words[:-1]))
    }
    return any(len(name) >= 3 and (letters == name or letters == 2 * name) for name in names) or (
        len(words) > 1 and "".join(words) in letters and len(letters) < len("".join(words)) + 6
    )


def _is_plain(password: str) -> bool:
    """Whether the password is a repetition, a run of neighbours or an identity number."""
    folded = password.casefold()
    if len(set(folded)) < _FEWEST_DIFFERENT or _CITIZEN_NUMBER.fullmatch(folded):
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(folded)}
    if folded.isdigit():
        steps = {step % 10 for step in steps}
    return len(steps) == 1 or any(
        folded == (folded[:size] * len(folded))[: len(folded)] for size in range(1, 5)
    )


def is_common(password: str) -> bool:
    """Whether the letters of ``password`` are one to three words of the common list."""
    folded = fold(password)
    core = _EDGES.sub("", folded).translate(_LEET)
    return any(
        _is_made_of_common_words(_NOT_LETTER.sub("", text)) for text in (folded, core) if text
    )


def _is_made_of_common_words(letters: str) -> bool:
    """Whether ``letters`` splits into at most three common words; digits alone do not."""
    fewest = {0: 0}
    for end in range(1, len(letters) + 1):
        starts = range(max(0, end - _LONGEST_COMMON), end)
        counts = [
            fewest[start] + 1
            for start in starts
            if start in fewest and letters[start:end] in COMMON_WORDS
        ]
        if counts:
            fewest[end] = min(counts)
    return 0 < fewest.get(len(letters), 0) <= _MOST_COMMON_WORDS


def clean_username(text: str) -> str:
    """Return what was typed as a username in the form in which usernames are kept."""
    return fold(text).replace(" ", "")


def check_username(username: str) -> None:
    """Refuse what is not 3 to 64 ASCII letters, digits, dots and hyphens. Raises Invalid."""
    fits = USERNAME_MIN <= len(username) <= USERNAME_MAX
    if not fits or _USERNAME.fullmatch(username) is None:
        raise Invalid(
            "username.shape",
            N_(
                "Tên đăng nhập “%(username)s” không dùng được: cần 3 đến 64 chữ thường không dấu, "
                "chữ số, dấu chấm hoặc gạch nối, bắt đầu và kết thúc bằng chữ hoặc số."
            ),
            username=username,
        )


def propose_username(full_name: str) -> str:
    """Return the given name, a dot and the other initials: "Lò Thử Ánh" gives "anh.lt"."""
    words = slug(full_name).split("-")
    initials = "".join(word[0] for word in words[:-1] if word)
    base = f"{words[-1]}.{initials}" if initials else words[-1]
    return base[: USERNAME_MAX - 8] if len(base) >= 3 else f"cb.{base}".rstrip(".")


def numbered(base: str) -> Iterator[str]:
    """Yield ``base``, then ``base2``, ``base3`` and so on without end."""
    yield base
    number = 2
    while True:
        yield f"{base}{number}"
        number += 1

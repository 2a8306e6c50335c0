"""The English catalogue holds every message, translated, with the same parameters."""

import re
import unicodedata
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "elearn/web/translations/en/LC_MESSAGES"
_PLACE = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{+\w+\}+")
_ENDS = re.compile(r"^\s|\s$")
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
# What a certificate prints and what a signer types is Vietnamese in every language.
_QUOTED_VIETNAMESE = {"Thủ trưởng cơ quan", "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "GIÁM ĐỐC"}


@cache
def _extracted() -> tuple[str, ...]:
    found = extract_from_dir(
        str(ROOT / "elearn"),
        method_map=[("**.py", "python"), ("**.html", "jinja2")],
        keywords={"_": None, "N_": None, "translated": None},
    )
    return tuple(sorted({text for _, _, text, _, _ in found if isinstance(text, str)}))


@cache
def _catalogue() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


@cache
def _pairs() -> tuple[tuple[str, str], ...]:
    """Return each message with its translation; there are no plural forms."""
    return tuple((str(one.id), str(one.string)) for one in _catalogue() if one.id)


def _without_quotations(text: str) -> str:
    for quoted in sorted(_QUOTED_VIETNAMESE, key=len, reverse=True):
        text = text.replace(quoted, "")
    return text


def test_messages_are_found() -> None:
    assert len(_extracted()) > 1000


def test_every_message_has_an_english_translation() -> None:
    translated = {message.id for message in _catalogue() if message.string and not message.fuzzy}
    assert [text for text in _extracted() if text not in translated] == []


def test_nothing_is_translated_that_no_longer_exists() -> None:
    assert {message for message, _ in _pairs()} - set(_extracted()) == set()
    assert not _catalogue().obsolete


def test_translations_keep_the_parameters() -> None:
    odd = [
        message
        for message, english in _pairs()
        if sorted(_PLACE.findall(message)) != sorted(_PLACE.findall(english))
    ]
    assert odd == []


def test_translations_keep_spaces_at_the_ends() -> None:
    odd = [
        message for message, english in _pairs() if _ENDS.findall(message) != _ENDS.findall(english)
    ]
    assert odd == []


def test_messages_are_composed_unicode() -> None:
    odd = [pair for pair in _pairs() if not unicodedata.is_normalized("NFC", "".join(pair))]
    assert odd == []


def test_translations_are_not_vietnamese() -> None:
    odd = [english for _, english in _pairs() if _VIETNAMESE.search(_without_quotations(english))]
    assert odd == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    """Compare what both say: their headers name the day and the tool."""
    with (FOLDER / "messages.mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    assert compiled == dict(_pairs())

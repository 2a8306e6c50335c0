"""The English catalogue holds every message, translated, with the same parameters."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "elearn/web/translations/en/LC_MESSAGES"
_PLACE = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|\{+\w+\}+")
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


def _messages() -> Iterator[Message]:
    return (message for message in _catalogue() if message.id)


def _without_quotations(text: str) -> str:
    for quoted in sorted(_QUOTED_VIETNAMESE, key=len, reverse=True):
        text = text.replace(quoted, "")
    return text


def test_messages_are_found() -> None:
    assert len(_extracted()) > 1000


def test_every_message_has_an_english_translation() -> None:
    catalogue = _catalogue()
    missing = [
        text
        for text in _extracted()
        if text not in catalogue or not catalogue[text].string or catalogue[text].fuzzy
    ]
    assert missing == []


def test_nothing_is_translated_that_no_longer_exists() -> None:
    gone = {message.id for message in _messages()} - set(_extracted())
    assert gone == set()
    assert not _catalogue().obsolete


def test_translations_keep_the_parameters() -> None:
    odd = [
        message.id
        for message in _messages()
        if sorted(_PLACE.findall(message.id)) != sorted(_PLACE.findall(message.string))
    ]
    assert odd == []


def test_translations_keep_spaces_at_the_ends() -> None:
    odd = [
        message.id
        for message in _messages()
        if (message.id[0].isspace(), message.id[-1].isspace())
        != (message.string[0].isspace(), message.string[-1].isspace())
    ]
    assert odd == []


def test_messages_are_composed_unicode() -> None:
    odd = [
        message.id
        for message in _messages()
        if not unicodedata.is_normalized("NFC", message.id + message.string)
    ]
    assert odd == []


def test_translations_are_not_vietnamese() -> None:
    odd = [
        message.string
        for message in _messages()
        if _VIETNAMESE.search(_without_quotations(message.string))
    ]
    assert odd == []


def test_the_compiled_catalogue_is_the_written_one() -> None:
    with (FOLDER / "messages.mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    assert compiled == {message.id: message.string for message in _messages()}

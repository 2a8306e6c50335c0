"""Files in old tables of characters come out right or are refused, never garbled."""

import unicodedata

import pytest

from elearn.infra.charsets import decode
from elearn.kernel.errors import Invalid
from elearn.kernel.spelling import first_impossible, first_misspelt, is_garbled

TEXT = "person_code;full_name\nP1;Nguyễn Thị Ánh Tuyết\nP2;Lường Văn Quỳnh\nP3;ĐẶNG HỮU NGHĨA\n"


def _cp1258(text: str) -> bytes:
    """Return ``text`` as Windows writes it: some letters whole, the rest with a loose tone."""
    pieces = []
    for char in text:
        try:
            pieces.append(char.encode("cp1258"))
        except UnicodeEncodeError:
            decomposed = unicodedata.normalize("NFD", char)
            tone = next(part for part in decomposed if part in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", decomposed.replace(tone, ""))
            pieces.append((base + tone).encode("cp1258"))
    return b"".join(pieces)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        unicodedata.normalize("NFD", TEXT).encode(),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        _cp1258(TEXT),
    ],
    ids=["utf8", "bom", "nfd", "utf16", "utf16be", "le", "be", "utf32", "cp1258"],
)
def test_a_known_table_gives_the_same_text(content: bytes) -> None:
    assert decode(content) == TEXT


@pytest.mark.parametrize(
    ("content", "word"),
    [
        # TCVN3: "Nguyễn Văn Hạnh", VNI: "Nguyễn Văn Bá", Western: "Müller"
        (b"P1;Nguy\xd4n V\xa8n H\xb9nh", "V¨n"),
        (b"P1;Nguye\xe3n Va\xean Ba\xf9", "Nguyeăn"),
        (b"P1;Ba\xf9 Tu", "Baù"),
        (b"P1;M\xfcller", "Müller"),
    ],
    ids=["tcvn3", "vni", "vni-tone", "western"],
)
def test_any_other_table_is_refused(content: bytes, word: str) -> None:
    with pytest.raises(Invalid, match="file.charset") as refusal:
        decode(content)
    assert f"ví dụ “{word}”" in refusal.value.text()


@pytest.mark.parametrize(
    "content", [b"\xff\xfea", b"a\x00\x00\x00\x00\x00b\x01\x02", b"PK\x03\x04\x00\x00"]
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="file.charset"):
        decode(content)


@pytest.mark.parametrize(
    "text",
    [
        "Lò Thị Hoà",
        "UBND xã Chiềng Mẫu",
        "Đắk Lắk",
        "H'Hen Niê",
        "NGUYỄN VĂN A",
        "12/QĐ-UBND (bản 2)",
        "UBNDTỉnh, PASCTỉnh",
        "diện tích 5 m², 30 °C, 12³",
        "theo «Đề án» đã duyệt; mục a) – phần II…",
    ],
)
def test_real_names_are_not_taken_for_garbled(text: str) -> None:
    assert not is_garbled(text)


@pytest.mark.parametrize(
    "text",
    [
        "NguyÔn V¨n An",
        "TrÇn ThÞ H¹nh",
        "Nguyá»…n VÄƒn",
        "Nguyá»…n Thá»‹",
        "b»ng",
        "c« gi¸o",
        "Nguy?n V?n A",
        "Loø Thò Baû",
        "Lo\ufffd",
    ],
)
def test_names_read_with_the_wrong_table_are_seen(text: str) -> None:
    assert is_garbled(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Nguyễn Thị Ánh", None),
        ("Khuỷu tay, quở trách, giặt giũ, nghiêng", None),
        ("HĐND và UBND, 5 đ", None),
        ("Vaên phòng", "Vaên"),
        ("họp baù", "baù"),
        ("nguyễN", "nguyễN"),
    ],
)
def test_syllables_follow_the_rules_of_spelling(text: str, word: str | None) -> None:
    assert first_misspelt(text) == word


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Đắk Lắk, Krông Nô, Buôn Đôn", None),
        ("Quàng Thị Giàng, quý giá, giữ gìn", None),
        ("khuỷu tay, thuở xưa, loà xoà, hòa", None),
        ("Vaên phòng", "Vaên"),
        ("Traàn Baù", "Traàn"),
        ("họp baù", "baù"),
    ],
)
def test_impossible_vowels_are_seen_and_other_peoples_names_are_not(
    text: str, word: str | None
) -> None:
    assert first_impossible(text) == word

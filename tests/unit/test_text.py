"""Vietnamese text: search fold, order of names."""

import unicodedata

from elearn.kernel.text import clean, clean_line, fold, name_sort_key, slug


def test_fold_drops_accents_and_maps_d() -> None:
    assert fold("Đặng  Thị ĐÀO") == "dang thi dao"


def test_fold_is_the_same_for_composed_and_decomposed() -> None:
    assert fold(unicodedata.normalize("NFD", "Quyết định")) == "quyet dinh"


def test_names_sort_by_given_name_then_by_alphabet() -> None:
    names = ["Trần Văn Ước", "Lê Thị An", "Phạm Đức Ân", "Bùi Ánh", "Cà Văn Đông", "Lò Văn Dung"]
    assert sorted(names, key=name_sort_key) == [
        "Lê Thị An",
        "Bùi Ánh",
        "Phạm Đức Ân",
        "Lò Văn Dung",
        "Cà Văn Đông",
        "Trần Văn Ước",
    ]


def test_tone_breaks_ties_only() -> None:
    names = ["Vì Bá", "Vì Bạ", "Vì Ba", "Vì Bà", "Vì Bách"]
    assert sorted(names, key=name_sort_key) == ["Vì Ba", "Vì Bà", "Vì Bá", "Vì Bạ", "Vì Bách"]


def test_clean_removes_hidden_controls_and_composes() -> None:
    assert clean("a\u202eb\x00c\r\nd" + unicodedata.normalize("NFD", "ế")) == "abc\ndế"


def test_clean_line_is_one_trimmed_line() -> None:
    assert clean_line("  Lò \n Thử\tÁnh ") == "Lò Thử Ánh"


def test_slug_is_ascii() -> None:
    assert slug("Đề án Sơn La (2021–2025)") == "de-an-son-la-2021-2025"

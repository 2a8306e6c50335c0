"""Differences as an author reads them."""

import time

from elearn.authoring.difference import Change, Piece, compare


def test_equal_texts_have_no_difference() -> None:
    difference = compare("Một\nHai\n", "Một\nHai\n")
    assert difference.is_empty
    assert [row.change for row in difference.rows] == [Change.SKIPPED]


def test_a_changed_word_is_marked_within_its_line() -> None:
    difference = compare("Bảy giờ sáng, chị Hạ mở máy.", "Bảy giờ sáng, anh Hạ mở máy.")
    (row,) = difference.rows
    assert row.change is Change.CHANGED
    assert row.old == (Piece("Bảy giờ sáng, "), Piece("chị", is_changed=True), Piece(" Hạ mở máy."))
    assert row.new == (Piece("Bảy giờ sáng, "), Piece("anh", is_changed=True), Piece(" Hạ mở máy."))
    assert (difference.added, difference.removed) == (1, 1)


def test_lines_added_and_removed_keep_their_numbers() -> None:
    difference = compare("A\nB\nC", "A\nC\nD", context=None)
    assert [(row.change, row.old_number, row.new_number) for row in difference.rows] == [
        (Change.SAME, 1, 1),
        (Change.REMOVED, 2, None),
        (Change.SAME, 3, 2),
        (Change.ADDED, None, 3),
    ]


def test_a_rewritten_line_stands_beside_the_one_it_came_from() -> None:
    old = "Sở Nội vụ chủ trì thực hiện Đề án."
    new = "Đoạn hoàn toàn khác ở đây\nSở Nội vụ chủ trì triển khai Đề án."
    rows = compare(old, new).rows
    assert [(row.change, row.old_number, row.new_number) for row in rows] == [
        (Change.ADDED, None, 1),
        (Change.CHANGED, 1, 2),
    ]


def test_far_unchanged_lines_are_folded() -> None:
    old = "\n".join(f"dòng {number}" for number in range(1, 21))
    rows = compare(old, old.replace("dòng 10\n", "dòng mười\n"), context=1).rows
    assert [row.change for row in rows] == [
        Change.SKIPPED,
        Change.SAME,
        Change.CHANGED,
        Change.SAME,
        Change.SKIPPED,
    ]
    assert (rows[0].skipped, rows[-1].skipped) == (8, 9)


def test_pieces_give_the_lines_back() -> None:
    old, new = "Từ  2021,  đến 2025: đủ 100%.", "Từ 2021 đến hết 2025 – đủ 100%!"
    (row,) = compare(old, new).rows
    assert "".join(piece.text for piece in row.old) == old
    assert "".join(piece.text for piece in row.new) == new


def test_texts_with_too_many_lines_are_told_apart_but_not_compared() -> None:
    difference = compare("a\n" * 6_000, "a\n" * 6_001)
    assert difference.is_too_long
    assert not difference.is_empty
    assert difference.rows == ()


def test_the_worst_text_takes_seconds_not_minutes() -> None:
    started = time.perf_counter()
    compare(
        "\n".join(f"x{number}" for number in range(5_000)),
        "\n".join(f"x{number * 2}" for number in range(5_000)),
    )
    assert time.perf_counter() - started < 15

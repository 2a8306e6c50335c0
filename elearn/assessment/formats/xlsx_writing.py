"""Workbooks of questions going out, and the template that people fill in."""

import io
import re
from collections.abc import Iterable, Mapping, Sequence

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from elearn.assessment.formats import xlsx_columns as columns
from elearn.assessment.formats.gift_writing import NO_PICTURE, NO_TYPE
from elearn.assessment.formats.neutral import Entry, Loss, Outgoing, Written
from elearn.assessment.formats.xlsx_columns import COLUMNS, LETTERS
from elearn.assessment.formats.yaml_format import texts_of
from elearn.infra.tabular import XLSX_CELL_CHARS
from elearn.kernel.errors import N_

_OPTIONS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
_TEMPLATE_ROWS = 1_000
_CHOICES: dict[str, Sequence[str]] = {
    "type": list(columns.TYPES.values()),
    "level": list(columns.LEVELS.values()),
    "area": columns.AREAS,
    "scoring": list(columns.SCORINGS.values()),
    "match": list(columns.MATCHES.values()),
}
_HOW = (
    ("Mỗi câu hỏi là một dòng ở trang “Câu hỏi”; trang này và trang “Ví dụ” không được nhập.",),
    ("Bắt buộc: “Câu hỏi”, các phương án và “Đáp án đúng”. Các cột khác có thể để trống.",),
    ("Chữ đậm viết **đậm**, nghiêng viết *nghiêng*; hình thêm sau trong phần biên soạn.",),
    ("Câu hỏi nhập vào là bản nháp: người khác duyệt rồi mới được dùng.",),
)
_EXAMPLES: tuple[Mapping[str, str], ...] = (
    {
        "type": "Một đáp án", "level": "NB", "stem": "Chương trình tổng thể cải cách hành chính "
        "giai đoạn 2021-2030 được ban hành bằng văn bản nào?", "option A": "Nghị quyết 76/NQ-CP",
        "option B": "Nghị quyết 30c/NQ-CP", "option C": "Quyết định 136/2001/QĐ-TTg", "key": "A",
        "explanation": "Nghị quyết 76/NQ-CP ngày 15/7/2021.", "feedback B": "Của giai đoạn trước.",
    },
    {
        "type": "Nhiều đáp án", "level": "TH", "stem": "Những nội dung nào thuộc cải cách hành "
        "chính?", "option A": "Cải cách thể chế", "option B": "Cải cách ruộng đất",
        "option C": "Cải cách tài chính công", "key": "A,C", "scoring": "Từng phần",
    },
    {"type": "Đúng sai", "stem": "Cải cách hành chính có sáu nội dung.", "key": "Đúng"},
    {
        "type": "Ghép đôi", "stem": "Ghép văn bản với cơ quan ban hành.",
        "option A": "Nghị quyết 76/NQ-CP => Chính phủ", "option B": "Luật => Quốc hội",
        "option C": "=> Bộ Nội vụ",
    },
    {"type": "Sắp xếp", "stem": "Sắp theo thứ tự.", "option A": "Lập", "option B": "Duyệt"},
    {"type": "Trả lời ngắn", "stem": "Thành phố nào?", "key": "Đà Nẵng | TP Đà Nẵng"},
    {"type": "Số", "stem": "Tỷ lệ hài lòng?", "key": "90.61", "tolerance": "0.01", "unit": "%"},
    {
        "type": "Điền chỗ trống", "stem": "Giai đoạn {{1}}, do {{2}} ban hành.",
        "option A": "2021-2030 | 2021–2030", "option B": "*Chính phủ | Quốc hội",
    },
    {"type": "Tự luận", "stem": "Nêu một sáng kiến.", "option A": "Đúng chủ đề => 2",
     "option B": "Khả thi => 1", "min_words": "50"},
)  # fmt: skip


def template() -> bytes:
    """Return the empty workbook: lists to choose from, text columns, a guide and examples."""
    target = io.BytesIO()
    with Workbook(target, _OPTIONS) as book:
        sheet = _sheet(book, columns.SHEET)
        for column, each in enumerate(COLUMNS):
            if each.key in _CHOICES:
                rule = {
                    "validate": "list",
                    "source": list(_CHOICES[each.key]),
                    "ignore_blank": True,
                }
                sheet.data_validation(1, column, _TEMPLATE_ROWS, column, rule)
        _fill(_sheet(book, columns.EXAMPLES), _EXAMPLES)
        _guide(book)
    return target.getvalue()


def _sheet(book: Workbook, name: str) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF5", "text_wrap": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    for column, each in enumerate(COLUMNS):
        sheet.set_column(column, column, each.width, text)
        sheet.write_string(0, column, each.title, bold)
    return sheet


def _guide(book: Workbook) -> None:
    sheet = book.add_worksheet(columns.GUIDE)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True})
    sheet.set_column(0, 0, 22, wrapped)
    sheet.set_column(1, 1, 90, wrapped)
    rows: list[tuple[str, ...]] = [*_HOW, ("",), ("Cột", "Cách ghi")]
    rows += [(each.title, each.help) for each in COLUMNS]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, bold if cells[0] == "Cột" else wrapped)


def _fill(sheet: Worksheet, rows: Iterable[Mapping[str, str]]) -> None:
    for number, row in enumerate(rows, 1):
        for column, each in enumerate(COLUMNS):
            if value := row.get(each.key):
                sheet.write_string(number, column, value)


def write(outgoing: Outgoing) -> Written:
    """Return the questions as a workbook in the columns of the template."""
    rows: list[Mapping[str, str]] = []
    losses: list[Loss] = []
    for entry in outgoing.entries:
        row = _row(entry) if entry["type"] in columns.TYPES else {}
        if (loss := _whole_loss(entry, row)) is not None:
            losses.append(loss)
        else:
            rows.append(row)
    target = io.BytesIO()
    with Workbook(target, {**_OPTIONS, "constant_memory": True}) as book:
        _fill(_sheet(book, columns.SHEET), rows)
    return Written(target.getvalue(), tuple(losses), len(rows))


def _whole_loss(entry: Entry, row: Mapping[str, str]) -> Loss | None:
    name = str(entry.get("id"))
    if entry["type"] not in columns.TYPES:
        return Loss(name, NO_TYPE, {"type": entry["type"]}, is_whole=True)
    if any("](media/" in text for text in texts_of(entry)):
        return Loss(name, NO_PICTURE, is_whole=True)
    if len(_choices(entry)) > len(LETTERS):
        return Loss(name, N_("Câu có hơn mười phương án, cặp ghép hoặc mục."), is_whole=True)
    if any(len(cell) > XLSX_CELL_CHARS for cell in row.values()):
        return Loss(name, N_("Văn bản dài quá một ô Excel."), is_whole=True)
    return None if _is_faithful(entry) else Loss(name, _SIGNS, is_whole=True)


_SIGNS = N_("Câu dùng dấu “|”, “=>” hoặc cách xuống dòng mà ô Excel không giữ được.")
_MULTILINE = re.compile(r"(?<!\n)\n(?!\n)|\n{3,}|^\s|\s$")


def _is_faithful(entry: Entry) -> bool:
    """Whether the cells, read again, give back the texts: paragraphs, and no signs of ours."""
    texts = [text for text in texts_of({**entry, "id": ""}) if text]
    if any("|" not in text and _MULTILINE.search(text) for text in texts):
        return False
    signs = {"matching": r"=>|->|→", "essay": r"=>|->|→", "cloze": r"\||^\s*\*"}
    pattern = signs.get(entry["type"])
    parts = [text for part in _parts(entry) for text in texts_of(part)]
    return pattern is None or not any(re.search(pattern, text) for text in parts)


def _parts(entry: Entry) -> list[object]:
    keys = ("pairs", "distractors", "rubric", "blanks")
    return [part for key in keys for part in entry.get(key) or ()]


def _choices(entry: Entry) -> list[str]:
    match entry["type"]:
        case "matching":
            pairs = [f"{pair['left']} => {pair['right']}" for pair in entry["pairs"]]
            return pairs + [f"=> {text}" for text in entry["distractors"]]
        case "ordering":
            return list(entry["items"])
        case "cloze":
            return [_blank(blank) for blank in entry["blanks"]]
        case "essay":
            return [f"{row['criterion']} => {row['points']}" for row in entry["rubric"]]
        case _:
            return [option["text"] for option in entry.get("options") or ()]


def _blank(blank: Entry) -> str:
    if blank.get("answers"):
        return " | ".join(blank["answers"])
    marks = (("*" if each["correct"] else "") + each["text"] for each in blank["options"])
    return " | ".join(marks)


def _key(entry: Entry) -> str:
    match entry["type"]:
        case "single_choice" | "multiple_choice":
            pairs = zip(LETTERS, entry["options"], strict=False)
            return ",".join(letter for letter, each in pairs if each["correct"])
        case "true_false":
            return "Đúng" if entry["answer"] else "Sai"
        case "short_text":
            return " | ".join(entry["answers"])
        case "numeric":
            return str(entry["answer"])
        case _:
            return ""


def _row(entry: Entry) -> Mapping[str, str]:
    row = {key: _cell(entry[key]) for key in ("id", "lesson", "area", "stem") if entry.get(key)}
    row |= {key: ", ".join(entry.get(key) or ()) for key in ("skills", "facts", "citations")}
    row["type"], row["level"] = columns.TYPES[entry["type"]], columns.LEVELS[entry["level"]]
    row["key"], row["explanation"] = _key(entry), _cell(entry.get("explanation") or "")
    row["points"] = str(entry.get("points", 1))
    for letter, text in zip(LETTERS, _choices(entry), strict=False):
        row[f"option {letter}"] = _cell(text)
    for letter, each in zip(LETTERS, entry.get("options") or (), strict=False):
        row[f"feedback {letter}"] = _cell(each.get("feedback") or "")
    for key, names in (("scoring", columns.SCORINGS), ("match", columns.MATCHES)):
        if entry.get(key):
            row[key] = names[entry[key]]
    for key in ("tolerance", "unit", "min_words"):
        if entry.get(key) is not None:
            row[key] = str(entry[key])
    return row


def _cell(text: str) -> str:
    """Return Markdown as the text of a cell: a paragraph a line."""
    return text.replace("\n\n", "\n") if "|" not in text else text

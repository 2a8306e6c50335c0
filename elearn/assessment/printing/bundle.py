"""The ZIP of a set: papers as PDF and DOCX, answer sheets, keys, the table to key answers into.

Loads ReportLab and python-docx: only jobs import this module.
"""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from elearn.assessment.domain.question_types import Control, type_of
from elearn.assessment.printing.cells import write_cell
from elearn.assessment.printing.docx import write_docx
from elearn.assessment.printing.layout import print_question
from elearn.assessment.printing.paper import PictureLoader, PrintedPaper, PrintedSection
from elearn.assessment.printing.pdf import write_answer_sheet, write_pdf
from elearn.assessment.printing.queries import Asked, FormView, SetView
from elearn.infra.tabular import Sheet, Value, write_workbook

_HINTS = {
    Control.RADIO: "một chữ",
    Control.CHECKBOX: "một hay nhiều chữ",
    Control.YES_NO: "Đ hoặc S",
    Control.MATCHING: "1C 2A 3B",
    Control.ORDERING: "C A B D",
    Control.CLOZE: "cách nhau bằng ;",
    Control.CASE: "cách nhau bằng ;",
    Control.ESSAY: "viết trên đề",
}


def paper_of(found: SetView, form: FormView) -> PrintedPaper:
    """Return a variant ready for printing."""
    numbered = list(enumerate(form.asked, 1))
    sections = tuple(
        PrintedSection(
            found.sections[section],
            tuple(print_question(number, asked.points, asked.shown) for number, asked in group),
        )
        for section, group in groupby(numbered, key=lambda pair: pair[1].section)
    )
    return PrintedPaper(
        site=found.site,
        title=found.paper_title,
        occasion=found.occasion,
        code=form.code,
        minutes=found.minutes,
        points=sum((asked.points for asked in form.asked), Decimal(0)),
        sections=sections,
    )


def key_of(asked: Asked) -> str:
    """Return the right answer as it is written in a cell of this variant."""
    kind = type_of(asked.type)
    if kind.control is Control.ESSAY:
        return "(chấm theo tiêu chí)"
    return write_cell(asked.shown, kind.correct_form(asked.key))


def _keys(forms: Sequence[FormView]) -> Iterator[tuple[Value, ...]]:
    for form in forms:
        for number, asked in enumerate(form.asked, 1):
            yield form.code, number, asked.code, asked.version_id, key_of(asked), asked.points


def _key_table(forms: Sequence[FormView]) -> Iterator[tuple[Value, ...]]:
    longest = max(len(form.asked) for form in forms)
    for place in range(longest):
        yield (
            place + 1,
            *(key_of(form.asked[place]) if place < len(form.asked) else "" for form in forms),
        )


def key_workbook(forms: Sequence[FormView]) -> bytes:
    """Return the keys: by number and code of the variant, and by the id of each question."""
    headers = ("Mã đề", "Câu", "Mã câu hỏi", "Phiên bản", "Đáp án", "Điểm")
    return write_workbook(
        [
            Sheet("Bảng đáp án", ("Câu", *(form.code for form in forms)), _key_table(forms)),
            Sheet("Theo câu hỏi", headers, _keys(forms)),
        ]
    )


def entry_workbook(forms: Sequence[FormView]) -> bytes:
    """Return the empty table into which answers are keyed: text columns, one a question."""
    longest = max(len(form.asked) for form in forms)
    headers = ("Mã cán bộ", "Mã đề", *(str(number) for number in range(1, longest + 1)))
    return write_workbook([Sheet("Bài làm", headers, (), text_columns=True)])


def write_bundle(
    target: Path,
    found: SetView,
    forms: Sequence[FormView],
    load: PictureLoader,
    told: Callable[[int], None],
) -> None:
    """Write the ZIP of ``forms`` to ``target``; ``told`` hears how many are done."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for count, form in enumerate(forms, 1):
            paper = paper_of(found, form)
            hints = [
                (str(number), _HINTS.get(asked.shown.control, "viết gọn"))
                for number, asked in enumerate(form.asked, 1)
            ]
            archive.writestr(f"de-thi/ma-de-{form.code}.pdf", write_pdf(paper, load))
            archive.writestr(f"de-thi-word/ma-de-{form.code}.docx", write_docx(paper, load))
            archive.writestr(
                f"phieu-tra-loi/ma-de-{form.code}.pdf", write_answer_sheet(paper, hints)
            )
            told(count)
        archive.writestr("dap-an.xlsx", key_workbook(forms))
        archive.writestr("nhap-bai-lam.xlsx", entry_workbook(forms))

"""The register of legal documents: how a citation reads and whether the document is in force."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.curriculum.models import LegalDocument, LegalStatus
from elearn.infra.richtext_syntax import Citation
from elearn.kernel.errors import N_, NotFound

WORDS = {
    LegalStatus.IN_FORCE: N_("còn hiệu lực"),
    LegalStatus.NOT_YET: N_("chưa có hiệu lực"),
    LegalStatus.AMENDED: N_("đã được sửa đổi, bổ sung"),
    LegalStatus.REPLACED: N_("đã bị thay thế"),
    LegalStatus.EXPIRED: N_("hết hiệu lực"),
    LegalStatus.REPEALED: N_("đã bị bãi bỏ"),
    LegalStatus.UNKNOWN: N_("chưa rõ hiệu lực"),
}
REPLACED_BY = N_("đã được thay bằng %(names)s")
_PAST = (LegalStatus.REPLACED, LegalStatus.EXPIRED, LegalStatus.REPEALED)
_CURRENT = (LegalStatus.IN_FORCE, LegalStatus.AMENDED, LegalStatus.UNKNOWN)
_ROMAN_OR_NUMBER = r"(?:[IVXLC]+|\d+)"


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as it stands on a day. ``status`` takes the dates into account."""

    code: str
    name: str
    number: str | None
    type: str
    issuer: str
    issued_on: date | None
    title: str
    in_force_from: date | None
    in_force_to: date | None
    status: LegalStatus
    replaced_by: tuple[str, ...]


def status_on(
    status: LegalStatus,
    in_force_from: date | None,
    in_force_to: date | None,
    on: date,
    *,
    is_replaced: bool,
) -> LegalStatus:
    """Return the status on ``on``; ``in_force_to`` is the first day no longer in force.

    Dates go before what the register says: a document that will be replaced is in force until
    that day.
    """
    if in_force_to is not None and in_force_to <= on:
        ended = LegalStatus.REPLACED if is_replaced else LegalStatus.EXPIRED
        return status if status in _PAST else ended
    if in_force_from is not None and on < in_force_from:
        return LegalStatus.NOT_YET
    if in_force_to is not None and status in _PAST:
        return LegalStatus.IN_FORCE
    if in_force_from is not None and status is LegalStatus.NOT_YET:
        return LegalStatus.IN_FORCE
    return status


def clause_text(clause: str) -> str:
    """Return a clause address in words: ``P2.II.1`` is "Phần 2, mục II.1", ``D3.2.a`` "Điều 3,
    khoản 2, điểm a", ``PL.4`` "Phụ lục, mục 4"."""
    head, *rest = clause.split(".")
    if head == "PL" or re.fullmatch(r"PL\d+", head):
        return _joined(f"Phụ lục {head[2:]}".strip(), rest)
    if re.fullmatch(rf"P{_ROMAN_OR_NUMBER}", head):
        return _joined(f"Phần {head[1:]}", rest)
    if re.fullmatch(rf"C{_ROMAN_OR_NUMBER}", head):
        return _joined(f"Chương {head[1:]}", rest)
    if re.fullmatch(r"D\d+[a-zđ]?", head):
        names = ("khoản", "điểm")
        parts = [f"{name} {part}" for name, part in zip(names, rest, strict=False)]
        return ", ".join([f"Điều {head[1:]}", *parts, *rest[2:]])
    return f"mục {clause}"


def _joined(head: str, rest: list[str]) -> str:
    return f"{head}, mục {'.'.join(rest)}" if rest else head


def _name(document: LegalDocument) -> str:
    """Return the short name: the number, or type and date when there is none."""
    if document.number:
        return document.number
    if document.issued_on:
        return f"{document.type} ngày {document.issued_on:%d/%m/%Y}"
    return f"{document.type} ({document.code})"


def _view(document: LegalDocument, on: date) -> DocumentView:
    return DocumentView(
        code=document.code,
        name=_name(document),
        number=document.number,
        type=document.type,
        issuer=document.issuer,
        issued_on=document.issued_on,
        title=document.title,
        in_force_from=document.in_force_from,
        in_force_to=document.in_force_to,
        status=status_on(
            document.status,
            document.in_force_from,
            document.in_force_to,
            on,
            is_replaced=bool(document.replaced_by),
        ),
        replaced_by=tuple(document.replaced_by),
    )


class Register:
    """All documents as they stand on one day."""

    def __init__(self, documents: Iterable[LegalDocument], on: date) -> None:
        self.on = on
        self.documents = {document.code: _view(document, on) for document in documents}

    def get(self, code: str) -> DocumentView:
        """Return a document. Raises NotFound."""
        if code not in self.documents:
            raise NotFound("legal.unknown", N_("Không có văn bản mang mã này."))
        return self.documents[code]

    def successors(self, view: DocumentView) -> list[DocumentView]:
        """Return the documents that replace ``view``, as far as the register knows them."""
        return [self.documents[code] for code in view.replaced_by if code in self.documents]

    def predecessors(self, view: DocumentView) -> list[DocumentView]:
        """Return the documents that ``view`` replaces."""
        return [other for other in self.documents.values() if view.code in other.replaced_by]

    def status_text(self, view: DocumentView) -> str:
        """Return the status in Vietnamese, with the successors of a replaced document."""
        names = self.successor_names(view)
        return REPLACED_BY % {"names": names} if names else WORDS[view.status]

    def successor_names(self, view: DocumentView) -> str:
        """Return the names of the documents that replace ``view``; empty if none is known."""
        if view.status is not LegalStatus.REPLACED:
            return ""
        return ", ".join(successor.name for successor in self.successors(view))

    def cite(self, code: str, clause: str | None) -> Citation | None:
        """Return how a lesson shows the citation, None for an unknown document."""
        view = self.documents.get(code)
        if view is None:
            return None
        place = clause_text(clause) if clause else ""
        status = self.status_text(view)
        return Citation(
            label=f"{view.name}, {place}" if place else view.name,
            title=" – ".join(part for part in (full_name(view), place, status) if part),
            status=view.status.value,
            status_text=status,
            is_current=view.status in _CURRENT,
        )

    def cite_plainly(self, code: str, clause: str | None) -> Citation | None:
        """Return the citation without status: a question stays as it was published."""
        view = self.documents.get(code)
        if view is None:
            return None
        place = clause_text(clause) if clause else ""
        return Citation(
            label=f"{view.name}, {place}" if place else view.name,
            title=" – ".join(part for part in (full_name(view), place) if part),
            status=None,
        )


def full_name(view: DocumentView) -> str:
    """Return "Quyết định 227/QĐ-UBND ngày 02/02/2021 của …"."""
    parts = [view.type, view.number or ""]
    if view.issued_on:
        parts.append(f"ngày {view.issued_on:%d/%m/%Y}")
    return " ".join(part for part in (*parts, f"của {view.issuer}") if part)


def codes_no_longer_in_force(session: Session, on: date) -> list[str]:
    """Return the codes of documents that were replaced, repealed or have expired by ``on``."""
    documents = read_register(session, on).documents.values()
    return sorted(view.code for view in documents if view.status in _PAST)


def read_register(session: Session, on: date) -> Register:
    """Return the register as it stands on ``on``; one query."""
    return Register(session.scalars(select(LegalDocument)), on)

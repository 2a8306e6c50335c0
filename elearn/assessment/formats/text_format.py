"""Plain text in the layouts of question papers (domain.md section 7)."""

from elearn.assessment.formats.gift_writing import NO_PICTURE, NO_TYPE
from elearn.assessment.formats.layout import read_lines
from elearn.assessment.formats.layout_lines import OBJECT, Line
from elearn.assessment.formats.layout_signs import squeezed
from elearn.assessment.formats.layout_writing import TYPES, check_laid, lay_out, plain_lines
from elearn.assessment.formats.neutral import Entry, Loss, Outgoing, Parsed, Written
from elearn.assessment.formats.texts import decode
from elearn.assessment.formats.yaml_format import texts_of


def read(content: bytes) -> Parsed:
    """Return the questions of a text. Raises Invalid for an unknown table of characters."""
    text = decode(content).replace(OBJECT, "?").replace("\u2028", "\n").replace("\u000b", "\n")
    lines = enumerate(squeezed(text).split("\n"), 1)
    return read_lines([Line(number, line) for number, line in lines])


def write(outgoing: Outgoing) -> Written:
    """Return the questions as a paper in UTF-8, each with its key and fields."""
    parts: list[str] = []
    losses: list[Loss] = []
    for entry in outgoing.entries:
        if (loss := whole_loss(entry)) is not None:
            losses.append(loss)
            continue
        laid = lay_out(entry, len(parts) + 1, plain_lines)
        loss = check_laid(entry, laid)
        if loss is not None:
            losses.append(loss)
        if loss is None or not loss.is_whole:
            parts.append("\n".join(line.text for line in laid.lines) + "\n")
    return Written("\n".join(parts).encode(), tuple(losses), len(parts))


def whole_loss(entry: Entry) -> Loss | None:
    """Return why plain text cannot hold the question at all, None when it can."""
    name = str(entry.get("id"))
    if entry["type"] not in TYPES:
        return Loss(name, NO_TYPE, {"type": entry["type"]}, is_whole=True)
    if any("](media/" in text for text in texts_of(entry)):
        return Loss(name, NO_PICTURE, is_whole=True)
    return None

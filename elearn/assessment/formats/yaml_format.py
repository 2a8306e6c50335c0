"""Bank files: YAML with the key ``questions``; the one format that holds everything."""

from elearn.assessment.formats.entries import ordered_entry
from elearn.assessment.formats.neutral import Entry, Found, Loss, Outgoing, Parsed, Written
from elearn.assessment.formats.texts import decode
from elearn.infra.richtext_source import Kind, scan
from elearn.infra.yaml_nodes import Node, Refused, compose
from elearn.infra.yaml_writing import to_yaml
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.shapes import Place


def read(content: bytes) -> Parsed:
    """Return the questions of a bank file. Raises Invalid when it is no YAML of that shape."""
    parsed = Parsed()
    try:
        root = compose(decode(content))
    except Refused as refused:
        parsed.refuse(refused.line, None, "yaml.syntax", "%(problem)s", problem=refused.message)
        return parsed
    except RecursionError as error:
        raise Invalid("yaml.syntax", N_("Tệp lồng nhau quá nhiều lớp.")) from error
    listed = (root.fields or {}).get("questions", root)
    if listed.items is None:
        parsed.refuse(root.line, None, "yaml.no_list", N_("Tệp phải có danh sách “questions:”."))
        return parsed
    for key in (root.fields or {}).keys() - {"questions"}:
        message = N_("Mục “%(key)s” không có trong quy định.")
        parsed.refuse(root.key_lines[key], None, "yaml.unknown_key", message, key=key)
    for number, node in enumerate(listed.items, 1):
        _add(parsed, node, number)
    return parsed


def _add(parsed: Parsed, node: Node, number: int) -> None:
    data = node.plain()
    if not isinstance(data, dict):
        message = N_("Mỗi câu hỏi phải là một nhóm “tên: giá trị”.")
        parsed.refuse(node.line, str(number), "question.invalid", message)
        return

    def locate(path: Place) -> tuple[int | None, str]:
        return node.line_of(*path), ""

    label = data.get("id")
    parsed.questions.append(
        Found(node.line, label if isinstance(label, str) else str(number), data, locate=locate)
    )


def write(outgoing: Outgoing) -> Written:
    """Return the bank file. Pictures stay where they are: the file only names them."""
    entries = [ordered_entry(entry) for entry in outgoing.entries]
    losses = tuple(
        Loss(str(entry.get("id")), N_("Hình được nhắc tên nhưng không nằm trong tệp YAML."))
        for entry in outgoing.entries
        if any(finding.kind is Kind.PICTURE for text in texts_of(entry) for finding in scan(text))
    )
    return Written(to_yaml({"questions": entries}).encode(), losses, len(entries))


def texts_of(value: object) -> list[str]:
    """Return every text of an entry."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_of(item)]
    return [text for item in value for text in texts_of(item)] if isinstance(value, list) else []


def as_entry(found: Found) -> Entry:
    """Return what was read as an entry with its keys in order."""
    return ordered_entry(found.data)

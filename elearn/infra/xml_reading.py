"""XML of strangers to a tree: no entity is expanded, no file read, no network asked."""

from lxml import etree

from elearn.kernel.errors import N_, Invalid

MAX_ELEMENTS = 2_000_000
MAX_DEPTH = 200


def parse_xml(content: bytes) -> etree._Element:
    """Return the root of a document without comments.

    Raises Invalid (``xml.…``) for one that is broken, declares a DOCTYPE, or is without measure.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None) or 1
        raise Invalid("xml.syntax", N_("Tệp XML viết sai ở dòng %(line)d."), line=line) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Invalid("xml.doctype", N_("Tệp XML không được có khai báo DOCTYPE."))
    _refuse_deep(root)
    return root


def _refuse_deep(root: etree._Element) -> None:
    """Raise Invalid for a tree on which a walk by recursion would fall."""
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise Invalid("xml.too_deep", N_("Tệp XML lồng nhau quá nhiều lớp."))


def local_name(element: etree._Element) -> str:
    """Return the name of ``element`` without its namespace; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def line_of(element: etree._Element) -> int | None:
    """Return the line on which ``element`` begins."""
    line: object = element.sourceline  # the stub has a type of its own for it
    return line if isinstance(line, int) else None

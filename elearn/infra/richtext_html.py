"""The libraries behind infra.richtext, its only user: Markdown to HTML, and HTML made safe."""

import re
from collections.abc import Iterator

from bleach.html5lib_shim import Filter  # type: ignore[attr-defined]  # missing in its stub
from bleach.sanitizer import Cleaner
from markdown import Extension, Markdown

from elearn.infra.richtext_markdown import Footnotes, Ours
from elearn.infra.richtext_syntax import CALLOUTS, Context, Seen
from elearn.kernel.errors import N_, Invalid

_CLASSES = frozenset(
    {
        "callout",
        "callout-title",
        *(f"callout-{kind}" for kind in CALLOUTS),
        "check",
        "citation",
        "citation-status",
        "footnote",
        "footnote-backref",
        "footnote-ref",
        "picture-missing",
        "table-scroll",
        "text-center",
        "text-end",
        "text-start",
    }
)
_CODE = r"[A-Za-z0-9._-]{1,100}"
_NUMBER = r"[0-9]{1,4}"
_VALUES = {
    ("*", "id"): r"s-[a-z0-9-]+|fn-[0-9]+|fnref[0-9]*-[0-9]+",
    ("*", "lang"): r"[a-z]{2}",
    ("a", "data-citation"): rf"{_CODE}(:[^\s\"'<>&]{{1,60}})?",
    ("a", "data-status"): r"[A-Z_]{1,20}",
    ("div", "data-check"): r"[a-z0-9-]{1,64}",
    ("div", "role"): r"note",
    ("div", "tabindex"): r"0",
    ("img", "height"): _NUMBER,
    ("img", "src"): r"/media/[0-9a-f]{64}/[A-Za-z0-9._-]+",
    ("img", "width"): _NUMBER,
    ("ol", "start"): _NUMBER,
    ("span", "data-citation"): rf"{_CODE}(:[^\s\"'<>&]{{1,60}})?",
    ("td", "colspan"): _NUMBER,
    ("td", "rowspan"): _NUMBER,
    ("th", "colspan"): _NUMBER,
    ("th", "rowspan"): _NUMBER,
    ("th", "scope"): r"col|row",
}
_PATTERNS = {key: re.compile(pattern) for key, pattern in _VALUES.items()}
_FREE = frozenset({("a", "href"), ("a", "title"), ("abbr", "title"), ("img", "alt")})
# bleach drops the tags of these but would leave their text standing.
_WITH_TEXT = re.compile(
    r"<(script|style|svg|math|iframe|object|noscript|template|title|textarea|xmp|noembed|noframes"
    r"|select)\b[^>]*>.*?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether bleach keeps attribute ``name`` with ``value`` on ``tag``."""
    if name == "class":
        return all(word in _CLASSES for word in value.split())
    if (tag, name) in _FREE:
        return True
    pattern = _PATTERNS.get((tag, name)) or _PATTERNS.get(("*", name))
    return pattern is not None and pattern.fullmatch(value) is not None


class _Finish(Filter):  # type: ignore[misc]  # html5lib as shipped in bleach has no types
    """Adds what every link and picture must carry; runs after the allow-list."""

    def __iter__(self) -> Iterator[dict[str, object]]:
        for token in super().__iter__():
            if token["type"] in ("StartTag", "EmptyTag"):
                attributes = token["data"]
                if token["name"] == "a" and _is_external(attributes.get((None, "href"), "")):
                    attributes[(None, "rel")] = "external noopener noreferrer"
                if token["name"] == "img":
                    if (None, "src") not in attributes:
                        continue
                    attributes.setdefault((None, "alt"), "")
                    attributes[(None, "loading")] = "lazy"
            yield token


def _is_external(address: str) -> bool:
    return address.startswith("//") or address.lower().startswith(("http:", "https:"))


def sanitise(html: str, tags: frozenset[str]) -> str:
    """Return ``html`` with nothing but allowed elements, attributes and addresses."""
    previous = None
    while previous != html:
        previous, html = html, _WITH_TEXT.sub("", html)
    cleaner = Cleaner(
        tags=tags,
        attributes=_allowed,
        protocols={"http", "https", "mailto"},
        strip=True,
        filters=[_Finish],
    )
    return str(cleaner.clean(html))


def to_html(source: str, context: Context, seen: Seen, *, blocks: bool) -> str:
    """Return ``source`` as HTML that is not safe yet; tell ``seen`` what came by.

    Raises Invalid (``richtext.too_deep``).
    """
    extensions: list[Extension | str] = [
        "fenced_code",
        "def_list",
        "sane_lists",
        Ours(context, seen, blocks=blocks),
    ]
    if blocks:
        extensions.append(Footnotes())
    md = Markdown(
        extensions=["tables", *extensions],
        extension_configs={"tables": {"use_align_attribute": True}},
        output_format="html",
    )
    try:
        return md.convert(source)
    except RecursionError as error:
        raise Invalid("richtext.too_deep", N_("Văn bản lồng nhau quá nhiều lớp.")) from error

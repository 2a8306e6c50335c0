"""Our Markdown to the HTML that other systems take: no classes, pictures by name."""

import re
from collections.abc import Callable

from elearn.infra.richtext import render_inline, render_short
from elearn.infra.richtext_syntax import Context, Picture

_NOWHERE = "/media/" + "0" * 64 + "/"
_ATTRIBUTE = re.compile(r' (?:class|role|tabindex|loading|scope|title)="[^"]*"')
_TAG = re.compile(r"<[a-z][^<>]*>")
_PROSE = re.compile(r"[^\\`*_\[\]<>&#~|=\n]*")
_LIST = re.compile(r"^\s*(?:\d+[.)]|[-+:])(?:\s|$)|^ {4}")


# A picture is only named here; its address is put in below.
_CONTEXT = Context(cite=lambda _code, _clause: None, picture=lambda name: Picture(_NOWHERE + name))


def to_html(markdown: str, address: Callable[[str], str], *, inline: bool = False) -> str:
    """Return ``markdown`` as plain HTML; ``address`` gives that of a picture by its name.

    Raises Invalid for a text that cannot be rendered.
    """
    if _PROSE.fullmatch(markdown) and not _LIST.match(markdown):
        return markdown if inline else f"<p>{markdown}</p>"
    render = render_inline if inline else render_short
    bare = _TAG.sub(lambda tag: _ATTRIBUTE.sub("", tag[0]), render(markdown, _CONTEXT))
    return re.sub(re.escape(_NOWHERE) + r"([^\"]+)", lambda match: address(match[1]), bare)

"""Templates: no user text marked safe outside the one macro door, no inline script or style."""

import re
from pathlib import Path

TEMPLATES = sorted(Path("elearn/web").rglob("*.html"))
# HTML made by infra.richtext when it was published; nothing else may be marked safe.
SAFE = re.compile(r"\|\s*safe\b")
RENDERED = re.compile(r"\{\{-?\s*[\w.\[\]\"']*(?:rendered|html)[\w.\[\]\"']*\s*\|\s*safe\s*-?\}\}")


def test_only_published_html_is_marked_safe() -> None:
    odd = [
        f"{path}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(SAFE.findall(line)) != len(RENDERED.findall(line))
    ]
    assert odd == []


def test_no_inline_style_or_script() -> None:
    inline = re.compile(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=", re.IGNORECASE)
    odd = [
        f"{path}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if inline.search(line)
    ]
    assert odd == []

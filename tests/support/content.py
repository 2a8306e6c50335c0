"""Content folders for tests: a small one that uses everything the formats know, and its faults."""

import shutil
from pathlib import Path

SAMPLE = Path(__file__).parent.parent / "samples"
Changes = dict[str, str | bytes | None]


def write_folder(folder: Path, changes: Changes | None = None) -> Path:
    """Copy the sample to ``folder`` with ``changes`` (None: left out); return its ``content``."""
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    for name, content in (changes or {}).items():
        path = folder / name
        if content is None:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder / "content"


def text_of(name: str) -> str:
    """Return the text of a file of the sample."""
    return (SAMPLE / name).read_text(encoding="utf-8")


def changed(name: str, old: str, new: str) -> Changes:
    """Return the change of the first ``old`` to ``new`` in the file ``name``."""
    text = text_of(name)
    assert old in text, old
    return {name: text.replace(old, new, 1)}

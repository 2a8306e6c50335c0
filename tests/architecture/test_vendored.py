"""Vendored files are those of vendor.toml, small enough, and the frame links to them."""

import gzip
import hashlib
import tomllib
from pathlib import Path

VENDOR = Path("elearn/web/static/vendor")
ENTRIES = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))["vendored"]


def test_every_vendored_file_has_the_declared_checksum() -> None:
    found = {
        entry["file"]: hashlib.sha256((VENDOR / entry["file"]).read_bytes()).hexdigest()
        for entry in ENTRIES
    }
    assert found == {entry["file"]: entry["sha256"] for entry in ENTRIES}


def test_every_vendored_folder_is_declared_with_its_licence() -> None:
    declared = {Path(entry["licence_file"]).parent.name for entry in ENTRIES}
    assert declared == {path.name for path in VENDOR.iterdir() if path.is_dir()}
    assert all((VENDOR / entry["licence_file"]).is_file() for entry in ENTRIES)


def test_the_compressed_style_sheet_is_the_same_and_at_most_17_kib() -> None:
    css = VENDOR / "bootstrap-5.3.9/bootstrap.min.css"
    packed = css.with_name(css.name + ".gz").read_bytes()
    assert gzip.decompress(packed) == css.read_bytes()
    assert len(packed) <= 17 * 1024


def test_style_sheets_fetch_nothing() -> None:
    sheets = [VENDOR / "bootstrap-5.3.9/bootstrap.min.css", Path("elearn/web/static/css/app.css")]
    assert [sheet.name for sheet in sheets if "url(" in sheet.read_text(encoding="utf-8")] == []

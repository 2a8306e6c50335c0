"""What goes out in a format comes in again the same, as far as the format can hold it."""

import pytest
from hypothesis import given, settings

from elearn.assessment.formats import catalogue
from elearn.assessment.formats.neutral import Entry, Outgoing
from elearn.assessment.formats.plain import from_markdown
from tests.unit.formats.made import entries, read_back, without, written

ALL = (
    "single_choice", "multiple_choice", "true_false", "matching", "ordering", "short_text",
    "numeric", "cloze", "essay",
)  # fmt: skip
_settings = settings(max_examples=60, deadline=None)


@_settings
@given(entries(*ALL))
def test_yaml_keeps_everything(questions: list[Entry]) -> None:
    content = written("yaml", questions)
    again = read_back(content, "yaml")
    assert again == questions
    assert written("yaml", again) == content


@_settings
@given(
    entries("single_choice", "multiple_choice", "true_false", "matching", "short_text", "numeric")
)
def test_gift_keeps_the_types_that_it_has(questions: list[Entry]) -> None:
    done = catalogue.codec_of("gift").write(Outgoing(questions))
    lost = {loss.question for loss in done.losses if loss.is_whole}
    kept = [entry for entry in questions if entry["id"] not in lost]
    # Only an arrow on the left of a pair cannot be told from the one that joins the pair.
    assert all("->" in str(entry["pairs"]) for entry in questions if entry["id"] in lost)
    assert (read_back(done.content, "gift") == kept) if kept else done.content == b""


@_settings
@given(entries("single_choice"))
def test_aiken_keeps_stem_options_and_key(questions: list[Entry]) -> None:
    again = read_back(written("aiken", questions), "aiken")
    assert [_bare(entry) for entry in again] == [_bare(entry) for entry in questions]


def _bare(entry: Entry) -> Entry:
    options = [without(option, "feedback") for option in entry["options"]]
    return {"stem": entry["stem"], "options": options}


_PAPER = ("single_choice", "multiple_choice", "true_false", "short_text", "numeric")


@_settings
@given(entries(*_PAPER))
def test_papers_keep_what_is_plain(questions: list[Entry]) -> None:
    for name in ("text", "docx"):
        outgoing = Outgoing(questions)
        done = catalogue.codec_of(name).write(outgoing)
        lost = {loss.question for loss in done.losses}
        kept = [entry for entry in questions if entry["id"] not in lost]
        assert read_back(done.content, name) == kept if kept else True


@_settings
@given(entries(*ALL))
def test_workbooks_keep_all_types_but_cases(questions: list[Entry]) -> None:
    done = catalogue.codec_of("xlsx").write(Outgoing(questions))
    lost = {loss.question for loss in done.losses if loss.is_whole}
    kept = [entry for entry in questions if entry["id"] not in lost]
    if kept:
        assert read_back(done.content, "xlsx") == kept


@_settings
@given(entries(*(kind for kind in ALL if kind != "essay")))
def test_moodle_keeps_what_reads_the_same(questions: list[Entry]) -> None:
    again = read_back(written("moodle-xml", questions), "moodle-xml")
    assert [shown(entry) for entry in again] == [shown(entry) for entry in questions]


def shown(value: object) -> object:
    """Return an entry with its texts as they are shown: HTML knows no Markdown."""
    if isinstance(value, dict):
        return {key: shown(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return from_markdown(value).lines if isinstance(value, str) else value


@pytest.mark.parametrize("name", ["qti", "qti-2.1", "qti-3.0"])
@settings(max_examples=25, deadline=None)
@given(questions=entries(*(kind for kind in ALL if kind != "essay")))
def test_qti_keeps_what_reads_the_same(name: str, questions: list[Entry]) -> None:
    again = read_back(written(name, questions))
    assert [shown(entry) for entry in again] == [shown(entry) for entry in questions]

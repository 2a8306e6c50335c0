"""Files made to do harm: entities, bombs, paths, depth; refused with words, nothing read."""

import io
import zipfile
from pathlib import Path

import pytest

from elearn.assessment.formats import catalogue
from elearn.assessment.formats.docx_sample import sample
from elearn.infra.xml_reading import parse_xml
from elearn.infra.zip_reading import Archive
from elearn.kernel.errors import Invalid

QUESTION = (
    "<question type='truefalse'><name><text>x</text></name><questiontext format='html'><text>%s"
    "</text></questiontext><answer fraction='100'><text>true</text></answer></question>"
)
LAUGHS = (
    "<!DOCTYPE quiz [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
    + "]>"
)


def archive(**parts: bytes) -> bytes:
    """Return a zip file with these parts, __ for a stroke in their names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return target.getvalue()


def code_of(content: bytes, name: str = catalogue.AUTO) -> str:
    """Return the code of the refusal."""
    with pytest.raises(Invalid) as refusal:
        catalogue.read(content, name)
    return refusal.value.code


def test_no_entity_reads_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "bi-mat.txt"
    secret.write_text("CANARY-7f3a", encoding="utf-8")
    for declared in (
        f"<!DOCTYPE quiz [<!ENTITY x SYSTEM 'file://{secret}'>]>",
        f"<!DOCTYPE quiz SYSTEM 'file://{secret}'>",
        f"<!DOCTYPE quiz [<!ENTITY % x SYSTEM 'file://{secret}'> %x;]>",
    ):
        content = f"{declared}<quiz>{QUESTION % '&x;'}</quiz>".encode()
        assert code_of(content) in ("xml.doctype", "xml.syntax")
        item = f"{declared}<assessmentItem identifier='a'>&x;</assessmentItem>".encode()
        assert code_of(item) in ("xml.doctype", "xml.syntax")


def test_a_document_with_entities_is_refused_whole() -> None:
    with zipfile.ZipFile(io.BytesIO(sample())) as source:
        parts = {name.replace("/", "__"): source.read(name) for name in source.namelist()}
    head, tail = parts["word__document.xml"].split(b"?>", 1)
    parts["word__document.xml"] = head + b"?>" + LAUGHS.replace("quiz", "x").encode() + tail
    assert code_of(archive(**parts)) in ("xml.doctype", "xml.syntax")


def test_laughs_are_not_counted() -> None:
    content = f"{LAUGHS}<quiz>{QUESTION % '&m;'}</quiz>".encode()
    assert code_of(content) in ("xml.doctype", "xml.syntax")


def test_depth_has_an_end() -> None:
    for depth in (300, 100_000):
        assert code_of(b"<quiz>" + b"<a>" * depth, "moodle-xml") == "xml.syntax"
    nested = b"<a>" * 230 + b"</a>" * 230
    with pytest.raises(Invalid) as refusal:
        parse_xml(nested)
    assert refusal.value.code == "xml.too_deep"
    html = "&lt;div&gt;" * 5_000 + "x"
    parsed = catalogue.read(f"<quiz>{QUESTION % html}</quiz>".encode())
    assert [trouble.code for trouble in parsed.troubles if not trouble.is_note] in (
        ["html.too_deep"],
        ["html.broken"],
    )
    yaml = catalogue.read(b"questions: " + b"[" * 10_000, "yaml")
    assert [trouble.code for trouble in yaml.troubles] == ["yaml.syntax"]


def test_yaml_makes_no_objects_and_follows_no_alias(tmp_path: Path) -> None:
    made = tmp_path / "made"
    tagged = f"questions: !!python/object/apply:os.system ['touch {made}']"
    parsed = catalogue.read(tagged.encode(), "yaml")
    assert [trouble.code for trouble in parsed.troubles] == ["question.invalid"]
    assert not made.exists()
    aliased = catalogue.read(b"a: &a [x, x]\nquestions: [*a, *a]", "yaml")
    assert [trouble.code for trouble in aliased.troubles] == ["yaml.syntax"]


def test_a_bomb_is_not_unpacked() -> None:
    zeros = b"\x00" * (300 * 1024 * 1024)
    assert code_of(archive(word__document__xml=zeros), "docx") == "zip.too_large"
    assert code_of(archive(imsmanifest__xml=zeros[: 64 * 1024 * 1024]), "qti") == "zip.too_large"
    many = archive(**{f"items__{number}.xml": b"" for number in range(12_001)})
    assert code_of(many, "qti") == "zip.too_large"


def test_a_size_that_lies_is_found_out() -> None:
    content = bytearray(archive(a=b"x" * 1_000))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    with pytest.raises(Invalid) as refusal:
        Archive(bytes(content)).read("a")
    assert refusal.value.code == "zip.damaged"


@pytest.mark.parametrize(
    "name", ["../x.xml", "/etc/x.xml", "a/../../x.xml", "C:/x.xml", "..\\x.xml"]
)
def test_no_part_has_a_way_out(name: str) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr(name, b"<assessmentItem/>")
    assert code_of(target.getvalue(), "qti") == "zip.path"


def test_an_item_names_no_file_outside_its_package(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    item = f"""<assessmentItem identifier="a-1"><responseDeclaration identifier="RESPONSE"
      cardinality="single" baseType="identifier"><correctResponse><value>true</value>
      </correctResponse></responseDeclaration><itemBody><p>x <img src="{tmp_path}/a.png" alt="y"/>
      <img src="../../../../../../{tmp_path}/a.png" alt="z"/></p><choiceInteraction maxChoices="1"
      responseIdentifier="RESPONSE"><simpleChoice identifier="true">Đúng</simpleChoice>
      <simpleChoice identifier="false">Sai</simpleChoice></choiceInteraction></itemBody>
      </assessmentItem>"""
    (found,) = catalogue.read(archive(**{"items__a.xml": item.encode()}), "qti").questions
    assert (found.data["stem"], found.pictures) == ("x y z", {})


def test_numbers_without_measure_are_no_numbers() -> None:
    for text in ("1e999999999", "9" * 100_000, "NaN", "-Infinity"):
        parsed = catalogue.read(f"Hỏi? {{#{text}}}".encode(), "gift")
        assert [trouble.code for trouble in parsed.troubles] == ["number"]


LONG = [
    "1a" * 30_000,
    "A. " * 20_000,
    "|" * 60_000,
    " " * 60_000,
    "a  " * 20_000,
    "Câu 1" * 10_000,
    "Đáp án: " + "a  b" * 15_000,
    "đáp án " + "1" * 50_000,
    "1 A" * 20_000 + "!",
]


@pytest.mark.parametrize("line", LONG, ids=[line[:8] for line in LONG])
@pytest.mark.timeout(10)
def test_a_long_line_takes_no_longer_than_it_is(line: str) -> None:
    text = f"Câu 1: Hỏi?\n{line}\nA. x\nB. y\nĐáp án: A\nHẾT\nĐÁP ÁN\n{line}\n"
    parsed = catalogue.read(text.encode(), "text")
    assert len(parsed.questions) + len(parsed.troubles) > 0

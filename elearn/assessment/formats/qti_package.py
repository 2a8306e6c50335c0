"""Questions as a QTI package: a manifest, an item each, pictures."""

import io
import zipfile
from collections.abc import Iterable
from functools import partial

from lxml import etree

from elearn.assessment.formats.gift_writing import NO_TYPE
from elearn.assessment.formats.neutral import Loss, Outgoing, Written
from elearn.assessment.formats.qti_writing import SITE, TYPES, VERSIONS, Item, Version
from elearn.kernel.errors import N_

_EPOCH = (2026, 1, 1, 0, 0, 0)


def write_as(version: str, outgoing: Outgoing) -> Written:
    """Return the questions as a package of QTI ``version``: 2.1, 2.2 or 3.0."""
    how = VERSIONS[version]
    losses: list[Loss] = []
    files: dict[str, bytes] = {}
    resources: list[tuple[str, list[str]]] = []
    for entry in outgoing.entries:
        name = str(entry.get("id"))
        if entry["type"] not in TYPES:
            losses.append(Loss(name, NO_TYPE, {"type": entry["type"]}, is_whole=True))
            continue
        item = Item(entry, how)
        files[f"items/{name}.xml"] = item.content()
        shown = []
        for picture in dict.fromkeys(item.pictures):
            content = outgoing.picture(picture)
            if content is None:
                losses.append(Loss(name, N_("Không tìm thấy hình trong kho.")))
            else:
                files[f"images/{picture}"] = content
                shown.append(f"images/{picture}")
        losses += [Loss(name, message) for message in item.lost]
        resources.append((name, shown))
    files["imsmanifest.xml"] = _manifest(how, resources)
    return Written(_packed(files), tuple(losses), len(resources))


write = partial(write_as, "2.2")


def _packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda each: (each != "imsmanifest.xml", each)):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    return target.getvalue()


def _manifest(version: Version, resources: Iterable[tuple[str, list[str]]]) -> bytes:
    root = etree.Element("manifest", identifier="elearn-export")
    root.set("xmlns", f"{SITE}/xsd/imscp_v1p1")
    etree.SubElement(root, "organizations")
    listed = etree.SubElement(root, "resources")
    for name, pictures in resources:
        href = f"items/{name}.xml"
        resource = etree.SubElement(
            listed, "resource", identifier=f"r-{name}", type=version.resource, href=href
        )
        for each in (href, *pictures):
            etree.SubElement(resource, "file", href=each)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)

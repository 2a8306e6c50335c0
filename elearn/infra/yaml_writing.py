"""Values to YAML as content files have it: keys in their order, codes in one line, texts in blocks.

The same values always give the same bytes, and reading them gives the same values.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

WIDTH = 1_000_000


class _Inline(list[Any]):
    """A list written in one line."""


class _Dumper(yaml.SafeDumper):
    """Writes our values; never an anchor, however often a value stands in the document."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the library's signature
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - as above
        """Indent the entries of a list under their key."""
        super().increase_indent(flow, False)  # noqa: FBT003 - as above


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    is_block = "\n" in value.rstrip("\n")
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if is_block else None)


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    text = format(value, "f")
    kind = "float" if "." in text else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


def _inline(dumper: yaml.SafeDumper, value: _Inline) -> yaml.SequenceNode:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(_Inline, _inline)


def _arranged(value: Any) -> Any:  # noqa: ANN401 - whatever a file holds
    """Return ``value`` with its lists of codes marked to stand in one line."""
    if isinstance(value, Mapping):
        return {key: _arranged(item) for key, item in value.items()}
    if isinstance(value, list):
        is_short = all(isinstance(item, str) and _is_code(item) for item in value)
        return _Inline(value) if is_short else [_arranged(item) for item in value]
    return value


def _is_code(text: str) -> bool:
    return len(text) <= 80 and text.isprintable() and " " not in text


def to_yaml(value: Mapping[str, Any]) -> str:
    """Return ``value`` as the text of a YAML file."""
    return yaml.dump(
        _arranged(value),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=False,
        width=WIDTH,
    )

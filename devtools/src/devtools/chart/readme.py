"""Writes helm/shop/README.md from values.yaml: each value, its default, its comment."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from devtools.chart.render import CHART

PATH = CHART / "README.md"
HEAD = """\
# Chart of the shop

Deploys user-svc, product-svc, order-svc and payment-svc with their workers.
It needs Kubernetes 1.30 or newer, and Helm 3 or 4.
[Operations](../../docs/operations.md) describes the installation, upgrades, secrets and
back-ups.

| values file | for |
| --- | --- |
| `values.yaml` | a development cluster on which `kubectl apply -k k8s/` was run first |
| `values-kind.yaml` | kind, by `make kind` |
| `values-dev.yaml` | `skaffold dev` on kind |
| `values-prod.yaml` | production: copy it and replace host, registry, roles, Secrets |

`helm test` buys a product; see the notes after an installation.
`values.schema.json` rejects unknown values, and the chart refuses unsafe ones with a
sentence.

## Values

Written by `make chart ARGS=--rewrite` from the comments in `values.yaml`.
Every value of `defaults` can be set for one service in `services`.

| value | default | description |
| --- | --- | --- |
"""


@dataclass(frozen=True)
class Value:
    """A value: its path, its default as JSON (empty: a group), and its comment."""

    path: str
    default: str
    comment: str

    def __str__(self) -> str:
        """Return the line of the table."""
        shown = f"`{self.default}`" if self.default else ""
        comment = self.comment.replace("|", r"\|")
        return f"| `{self.path}` | {shown} | {comment} |"


def document() -> str:
    """Return the text of the chart's README."""
    text = (CHART / "values.yaml").read_text(encoding="utf-8")
    return HEAD + "".join(f"{value}\n" for value in values(text))


def write() -> None:
    """Rewrite the chart's README."""
    PATH.write_text(document(), encoding="utf-8")


def values(text: str) -> Iterator[Value]:
    """Yield the values of a values file; groups without a comment are left out."""
    node = yaml.compose(text, yaml.SafeLoader)
    yield from _members(node, text.splitlines(), "")


def _members(node: yaml.MappingNode, lines: list[str], before: str) -> Iterator[Value]:
    for key, value in node.value:
        path = f"{before}{key.value}"
        comment = _comment(lines, key.start_mark.line)
        is_group = isinstance(value, yaml.MappingNode) and not value.flow_style
        if comment or not is_group:
            yield Value(path, "" if is_group else _default(value), comment)
        if is_group:
            yield from _members(value, lines, f"{path}.")


def _comment(lines: list[str], number: int) -> str:
    """Return the comment directly above a line, as one line."""
    found: list[str] = []
    while number and lines[number - 1].lstrip().startswith("#"):
        number -= 1
        found.insert(0, lines[number].lstrip(" #"))
    return " ".join(found)


def _default(node: yaml.Node) -> str:
    text = yaml.serialize(node, Dumper=yaml.SafeDumper)
    return json.dumps(yaml.safe_load(text))

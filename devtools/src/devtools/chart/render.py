"""The chart and the manifests of `k8s/` as documents, and their golden files."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from devtools.layout import ROOT

CHART = ROOT / "helm" / "shop"
K8S = ROOT / "k8s"
TESTS = ROOT / "tests" / "chart"
GOLDEN = TESTS / "golden"
# What is rendered and compared: names, and the values files on top of values.yaml.
CASES: dict[str, tuple[Path, ...]] = {
    "default": (),
    "kind": (CHART / "values-kind.yaml",),
    "dev": (CHART / "values-kind.yaml", CHART / "values-dev.yaml"),
    "prod": (CHART / "values-prod.yaml",),
    "sqlite": (TESTS / "values" / "sqlite.yaml",),
    "everything": (TESTS / "values" / "everything.yaml",),
}
Document = dict[str, Any]


class Refused(Exception):
    """Helm or kubectl failed; the text is its output."""


def template(
    helm: Path,
    values: Iterable[Path] = (),
    sets: Iterable[str] = (),
    release: str = "shop",
) -> list[Document]:
    """Return what the chart makes of values files and `--set` words."""
    options = [word for path in values for word in ("--values", str(path))]
    options += [word for text in sets for word in ("--set", text)]
    output = run(helm, "template", release, CHART, "--namespace", "shop", *options)
    return documents(output)


def kustomize(kubectl: Path, folder: Path = K8S) -> list[Document]:
    """Return what `kubectl apply -k` would apply."""
    return documents(run(kubectl, "kustomize", folder))


def run(program: Path, *arguments: str | Path) -> str:
    """Return a program's output; raise Refused with its error output when it fails."""
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(done.stdout + done.stderr)
    return done.stdout


def documents(text: str) -> list[Document]:
    """Read a stream of YAML; empty documents are left out."""
    # The C parser where there is one: a render has 2,000 lines.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [one for one in yaml.load_all(text, loader) if one]


def golden(found: list[Document]) -> str:
    """Write documents as a golden file has them: by kind and name, no comments."""
    ordered = sorted(found, key=lambda one: (one["kind"], one["metadata"]["name"]))
    options = {"sort_keys": False, "width": 88, "default_flow_style": None}
    return str(yaml.dump_all(ordered, Dumper=_dumper(), **options))


def _dumper() -> Any:
    """Make a writer that shows texts line by line and has no anchors."""
    plain = {"ignore_aliases": lambda *_: True}
    made: Any = type("Dumper", (yaml.SafeDumper,), plain)
    made.add_representer(str, _text)
    return made


def _text(dumper: Any, data: str) -> Any:
    style = "|" if "\n" in data else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)

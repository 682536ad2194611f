"""`make release`: one commit with version, chart, changelog and contract."""

import subprocess

import click
import pytest
import yaml

from devtools import layout
from devtools.release import command, compat, contract, history

CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n\n- More.\n"
CHART = 'name: shop\nversion: 0.1.0\nappVersion: "0.1.0"\nkubeVersion: ">=0.1.0"\n'
GOLDEN = """\
helm.sh/chart: shop-0.1.0
app.kubernetes.io/version: 0.1.0
image: registry.example.com/shop/order-svc:0.1.0
other: image:0.1.0
"""


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return a small repository, at version 0.1.0."""
    files = {
        "VERSION": "0.1.0\n",
        "CHANGELOG.md": CHANGELOG,
        "helm/shop/Chart.yaml": CHART,
        "k8s/shop/razorpay-sandbox.yaml": "image: shop/razorpay-sandbox:0.1.0\n",
        "tests/chart/golden/kind.yaml": GOLDEN,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name, value in {"user.name": "a", "user.email": "a@shop.example"}.items():
        monkeypatch.setenv(f"GIT_AUTHOR_{name[5:].upper()}", value)
        monkeypatch.setenv(f"GIT_COMMITTER_{name[5:].upper()}", value)
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run(["git", "-C", tmp_path, *words], check=True)
    _use(monkeypatch, tmp_path)
    return tmp_path


def _use(monkeypatch, root):
    monkeypatch.setattr(command, "ROOT", root)
    monkeypatch.setattr(command, "VERSION", root / "VERSION")
    monkeypatch.setattr(layout, "VERSION", root / "VERSION")
    monkeypatch.setattr(compat, "CHANGELOG", root / "CHANGELOG.md")
    monkeypatch.setattr(compat, "run", lambda: 0)
    monkeypatch.setattr(contract, "KEPT", root / "docs")
    monkeypatch.setattr(contract, "current", lambda: {"settings": {}})
    monkeypatch.setattr(
        history,
        "git",
        lambda *words, root=root, git=history.git: git(*words, root=root),
    )


def test_a_release_is_one_commit_with_all_that_names_the_version(repository):
    assert command.run("0.2.0") == 0

    assert history.git("log", "-1", "--format=%s") == "release: 0.2.0"
    assert history.git("status", "--porcelain") is None
    assert layout.version() == "0.2.0"
    chart = (repository / "helm/shop/Chart.yaml").read_text()
    assert chart == CHART.replace("n: 0.1.0", "n: 0.2.0").replace('n: "0.1', 'n: "0.2')
    golden = (repository / "tests/chart/golden/kind.yaml").read_text()
    assert golden.count("0.2.0") == 3
    assert "other: image:0.1.0" in golden
    sandbox = (repository / "k8s/shop/razorpay-sandbox.yaml").read_text()
    assert sandbox == "image: shop/razorpay-sandbox:0.2.0\n"
    assert "## Unreleased\n\n## 0.2.0 - " in (repository / "CHANGELOG.md").read_text()
    assert (repository / "docs" / "settings.json").read_text() == "{}\n"


@pytest.mark.parametrize(
    "version", ["0.1.0", "0.0.9", "0.2", "v0.2.0", "0.02.0", "next"]
)
@pytest.mark.usefixtures("repository")
def test_a_version_must_be_three_numbers_and_newer(version):
    with pytest.raises(click.ClickException, match=r"three numbers|is not newer"):
        command.run(version)


def test_changed_files_are_committed_first(repository):
    (repository / "more").touch()

    with pytest.raises(click.ClickException, match="git status"):
        command.run("0.2.0")


@pytest.mark.usefixtures("repository")
def test_there_must_be_something_to_release():
    command.run("0.2.0")

    with pytest.raises(click.ClickException, match="nothing under Unreleased"):
        command.run("0.3.0")


def test_a_breaking_change_without_its_entry_stops_a_release(repository, monkeypatch):
    monkeypatch.setattr(compat, "run", lambda: 1)

    assert command.run("0.2.0") == 1
    assert history.git("status", "--porcelain") is None
    assert layout.version() == "0.1.0"


def test_every_file_of_this_repository_repeats_the_one_version():
    root, version = layout.ROOT, layout.version()
    chart = yaml.safe_load((root / "helm/shop/Chart.yaml").read_text())
    sandbox = (root / "k8s/shop/razorpay-sandbox.yaml").read_text()

    assert (chart["version"], chart["appVersion"]) == (version, version)
    assert f"image: shop/razorpay-sandbox:{version}\n" in sandbox
    for package in layout.PACKAGES:
        assert "\nversion = " not in (root / package / "pyproject.toml").read_text()

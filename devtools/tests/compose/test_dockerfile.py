"""The few rules of the one Dockerfile that no linter knows; hadolint has the rest."""

import re

from devtools.compose import publish
from devtools.layout import ROOT

TEXT = (ROOT / "Dockerfile").read_text()


def test_every_stage_stands_on_the_one_base():
    assert set(re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE)) == {"${BASE}"}
    [base] = re.findall(r"^ARG BASE=(.*)", TEXT, re.MULTILINE)
    assert base == publish.BASE == "python:3.13-slim-trixie"


def test_it_needs_no_frontend_from_elsewhere():
    assert "syntax=" not in TEXT


def test_what_is_installed_is_pinned_with_hashes_and_never_compiled():
    assert re.findall(r"pip .*\binstall\b", TEXT.replace("\\\n", ""))
    assert TEXT.count("--require-hashes --only-binary :all:") == TEXT.count("pip --")


def test_it_runs_as_a_user_without_a_name_or_rights():
    assert re.findall(r"^USER (.*)", TEXT, re.MULTILINE) == ["10001:10001"]


def test_the_images_are_made_of_sources_and_pins_alone():
    lines = (ROOT / ".dockerignore").read_text().splitlines()

    assert [line for line in lines if line[:1] not in "#!"] == ["*", "**/__pycache__"]
    assert not [line for line in lines if "tests" in line]

"""What the chart makes of each values file: linted, the same under every Helm."""

import re
import shutil

import pytest

from shop.chart import render
from shop.chart.render import CASES, CHART, GOLDEN, K8S, Refused


@pytest.mark.parametrize("case", CASES)
def test_a_values_file_passes_the_strict_lint(each_helm, case):
    values = [word for path in CASES[case] for word in ("--values", path)]

    said = render.run(each_helm, "lint", "--strict", CHART, *values)

    assert "0 chart(s) failed" in said


@pytest.mark.parametrize("case", CASES)
def test_every_helm_makes_what_the_golden_file_shows(each_helm, case):
    made = render.golden(render.template(each_helm, CASES[case]))

    shown = (GOLDEN / f"{case}.yaml").read_text(encoding="utf-8")
    assert made == shown, "as wanted? make chart ARGS=--rewrite, then git diff"


def test_every_values_file_of_the_chart_is_a_case():
    tried = {path for values in CASES.values() for path in values}

    assert set(CHART.glob("values-*.yaml")) <= tried
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


@pytest.fixture(scope="module")
def noted(tmp_path_factory):
    """Return a copy of the chart that renders its notes as a document."""
    copy = tmp_path_factory.mktemp("noted") / "shop"
    shutil.copytree(CHART, copy)
    (copy / "templates" / "notes.yaml").write_text(
        "apiVersion: v1\nkind: Notes\nmetadata: {name: notes}\n"
        'text: {{ include "shop/templates/NOTES.txt" . | toJson }}\n'
    )
    return copy


@pytest.mark.parametrize("case", CASES)
def test_the_notes_say_what_to_do_next(each_helm, noted, case):
    options = [word for path in CASES[case] for word in ("--values", path)]
    words = ("template", "shop", noted, "--namespace", "shop")

    made = render.documents(render.run(each_helm, *words, *options))

    [notes] = [document["text"] for document in made if document["kind"] == "Notes"]
    assert "helm -n shop test shop --logs" in notes
    assert "wait --for=condition=Available" in notes
    assert "/swagger/" in notes
    assert not re.search(r"<no value>|%!|\{\{ ", notes)


def test_a_folder_without_kustomization_is_refused(kubectl):
    with pytest.raises(Refused):
        render.kustomize(kubectl, K8S.parent / "docs")

"""The rendered chart passes lint and equals the golden files, with every Helm."""

import pytest

from devtools.chart import render
from devtools.chart.render import CASES, CHART, GOLDEN, K8S, Refused


@pytest.mark.parametrize("case", CASES)
def test_a_values_file_passes_the_strict_lint(each_helm, case):
    values = [word for path in CASES[case] for word in ("--values", path)]

    output = render.run(each_helm, "lint", "--strict", CHART, *values)

    assert "0 chart(s) failed" in output


@pytest.mark.parametrize("case", CASES)
def test_every_helm_renders_the_golden_file(each_helm, case):
    made = render.golden(render.template(each_helm, CASES[case]))

    shown = (GOLDEN / f"{case}.yaml").read_text(encoding="utf-8")
    assert made == shown, "if intended: make chart ARGS=--rewrite, then git diff"


def test_every_values_file_is_a_case():
    tried = {path for values in CASES.values() for path in values}

    assert set(CHART.glob("values-*.yaml")) <= tried
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


def test_a_folder_without_kustomization_is_rejected(kubectl):
    with pytest.raises(Refused):
        render.kustomize(kubectl, K8S.parent / "docs")

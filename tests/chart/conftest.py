"""Fixtures: the rendered chart and manifests. Tests without their tool are skipped."""

import functools

import pytest

from devtools.chart import render, tools

FOUND = tools.found()


@pytest.fixture(params=FOUND.helms or ["none"], scope="session")
def each_helm(request):
    """Return each installed version of Helm."""
    if not FOUND.helms:
        pytest.skip("; ".join(FOUND.missing))
    return FOUND.helms[request.param]


@pytest.fixture(scope="session")
def helm():
    """Return the newest version of Helm."""
    if not FOUND.helms:
        pytest.skip("; ".join(FOUND.missing))
    return list(FOUND.helms.values())[-1]


@pytest.fixture(scope="session")
def template(helm):
    """Return `template(case, *sets)`, which renders one of the CASES."""

    @functools.cache
    def make(case="default", *sets):
        return render.template(helm, render.CASES[case], sets)

    return make


@pytest.fixture(scope="session")
def manifests():
    """Return the objects that `kubectl apply -k k8s/` applies."""
    if FOUND.kubectl is None:
        pytest.skip("no kubectl: make chart fetches it")
    return render.kustomize(FOUND.kubectl)


@pytest.fixture(scope="session")
def kubectl():
    """Return kubectl, which can render kustomizations without a cluster."""
    if FOUND.kubectl is None:
        pytest.skip("no kubectl: make chart fetches it")
    return FOUND.kubectl


@pytest.fixture(scope="session")
def schemas():
    """Return the folder with the schemas of Kubernetes."""
    if FOUND.schemas is None:
        pytest.skip("no schemas of Kubernetes: make chart fetches them")
    return FOUND.schemas

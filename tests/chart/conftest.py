"""The chart as Helm renders it; what no tool is there for is skipped, and said."""

import functools

import pytest

from devtools.chart import render, tools

FOUND = tools.found()


@pytest.fixture(params=FOUND.helms or ["none"], scope="session")
def each_helm(request):
    """Return every Helm in turn."""
    if not FOUND.helms:
        pytest.skip("; ".join(FOUND.missing))
    return FOUND.helms[request.param]


@pytest.fixture(scope="session")
def helm():
    """Return the newest Helm."""
    if not FOUND.helms:
        pytest.skip("; ".join(FOUND.missing))
    return list(FOUND.helms.values())[-1]


@pytest.fixture(scope="session")
def template(helm):
    """Return `template(case, *sets)`: the documents of a case of CASES."""

    @functools.cache
    def make(case="default", *sets):
        return render.template(helm, render.CASES[case], sets)

    return make


@pytest.fixture(scope="session")
def surroundings():
    """Return what `kubectl apply -k k8s/` applies."""
    if FOUND.kubectl is None:
        pytest.skip("no kubectl: make chart fetches it")
    return render.kustomize(FOUND.kubectl)


@pytest.fixture(scope="session")
def kubectl():
    """Return kubectl, which builds kustomizations without a cluster."""
    if FOUND.kubectl is None:
        pytest.skip("no kubectl: make chart fetches it")
    return FOUND.kubectl


@pytest.fixture(scope="session")
def schemas():
    """Return the folder of Kubernetes' schemas."""
    if FOUND.schemas is None:
        pytest.skip("no schemas of Kubernetes: make chart fetches them")
    return FOUND.schemas

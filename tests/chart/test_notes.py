"""The notes after an installation list the next steps."""

import re
import shutil

import pytest

from devtools.chart import render
from devtools.chart.render import CASES, CHART
from devtools.layout import PORTS, SERVICES

EXTERNAL = ("services.user-svc.enabled=false", "services.user-svc.url=http://a.other")


@pytest.fixture(scope="module")
def noted(tmp_path_factory):
    """Return a copy of the chart that renders its notes as an object."""
    copy = tmp_path_factory.mktemp("noted") / "shop"
    shutil.copytree(CHART, copy)
    (copy / "templates" / "notes.yaml").write_text(
        "apiVersion: v1\nkind: Notes\nmetadata: {name: notes}\n"
        'text: {{ include "shop/templates/NOTES.txt" . | toJson }}\n'
    )
    return copy


@pytest.fixture
def notes(each_helm, noted):
    """Return `notes(case, *sets)`, which renders the notes."""

    def read(case, *sets):
        options = [word for path in CASES[case] for word in ("--values", path)]
        options += [word for text in sets for word in ("--set", text)]
        words = ("template", "shop", noted, "--namespace", "shop")
        made = render.documents(render.run(each_helm, *words, *options))
        [text] = [document["text"] for document in made if document["kind"] == "Notes"]
        return text

    return read


@pytest.mark.parametrize("case", CASES)
def test_the_notes_list_the_next_steps(notes, case):
    text = notes(case)

    assert "helm -n shop test shop --logs" in text
    assert "wait --for=condition=Available" in text
    assert "/swagger/" in text
    assert not re.search(r"<no value>|%!|\{\{ ", text)


def test_adding_a_product_comes_before_the_test(notes):
    steps = (
        "condition=Available",
        "create-admin",
        "Add a product",
        "helm -n shop test",
    )

    places = [notes("prod").index(step) for step in steps]

    assert places == sorted(places)
    assert "Add a product" not in notes("default")


def test_without_all_four_services_the_notes_omit_helm_test(notes):
    text = notes("default", *EXTERNAL, "networkPolicy.enabled=false")

    assert "helm -n shop test" not in text
    assert "deploy/user-svc" not in text


def test_the_notes_use_the_public_urls_of_the_services(notes):
    own = [f"services.{name}.publicUrl=https://{name}.example" for name in SERVICES]

    text = notes("prod", "ingress.enabled=false", *own)

    assert "webhook to https://payment-svc.example/payments/webhook/" in text
    for name in SERVICES:
        assert re.search(rf"svc/{name} +{PORTS[name].usual}:80\n", text), text


def test_the_notes_never_put_a_panel_under_the_common_public_url(notes):
    text = notes("kind", "publicUrl=https://shop.example.com")

    assert "127.0.0.1:30000/swagger/ and /admin/" in notes("kind")
    assert "shop.example.com/swagger/" not in text
    assert re.search(r"port-forward svc/user-svc +8000:80\n", text)

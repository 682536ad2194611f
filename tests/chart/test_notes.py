"""What a person reads after an installation leads them from one step to the next."""

import re
import shutil

import pytest

from devtools.chart import render
from devtools.chart.render import CASES, CHART
from devtools.layout import PORTS, SERVICES

ELSEWHERE = ("services.user-svc.enabled=false", "services.user-svc.url=http://a.other")


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


@pytest.fixture
def notes(each_helm, noted):
    """Return `notes(case, *sets)`: what Helm says after an installation."""

    def read(case, *sets):
        options = [word for path in CASES[case] for word in ("--values", path)]
        options += [word for text in sets for word in ("--set", text)]
        words = ("template", "shop", noted, "--namespace", "shop")
        made = render.documents(render.run(each_helm, *words, *options))
        [text] = [document["text"] for document in made if document["kind"] == "Notes"]
        return text

    return read


@pytest.mark.parametrize("case", CASES)
def test_the_notes_say_what_to_do_next(notes, case):
    said = notes(case)

    assert "helm -n shop test shop --logs" in said
    assert "wait --for=condition=Available" in said
    assert "/swagger/" in said
    assert not re.search(r"<no value>|%!|\{\{ ", said)


def test_nobody_is_told_to_buy_before_there_is_something_to_buy(notes):
    steps = (
        "condition=Available",
        "create-admin",
        "Add a product",
        "helm -n shop test",
    )

    places = [notes("prod").index(step) for step in steps]

    assert places == sorted(places)
    assert "Add a product" not in notes("default")


def test_a_test_that_needs_all_four_is_not_asked_for_where_one_is_missing(notes):
    said = notes("default", *ELSEWHERE, "networkPolicy.enabled=false")

    assert "helm -n shop test" not in said
    assert "deploy/user-svc" not in said


def test_services_with_addresses_of_their_own_are_reached_and_told_of_payments(notes):
    own = [f"services.{name}.publicUrl=https://{name}.example" for name in SERVICES]

    said = notes("prod", "ingress.enabled=false", *own)

    assert "webhook to https://payment-svc.example/payments/webhook/" in said
    for name in SERVICES:
        assert re.search(rf"svc/{name} +{PORTS[name].usual}:80\n", said), said


def test_a_panel_is_never_said_to_be_where_the_clients_are(notes):
    said = notes("kind", "publicUrl=https://shop.example.com")

    assert "127.0.0.1:30000/swagger/ and /admin/" in notes("kind")
    assert "shop.example.com/swagger/" not in said
    assert re.search(r"port-forward svc/user-svc +8000:80\n", said)

"""docs/razorpay.md names every cause, event and module as the code has them."""

import re

from devtools.layout import ROOT
from payment_svc.razorpay.causes import CAUSES
from payment_svc.razorpay.webhook_events import USED
from razorpay_sandbox.api import webhooks

PAGE = (ROOT / "docs" / "razorpay.md").read_text(encoding="utf-8")
SOURCE = ROOT / "payment-svc" / "src" / "payment_svc"


def part(start, end):
    return PAGE.split(start, 1)[1].split(end, 1)[0]


def test_the_table_of_causes_is_the_codes():
    rows = part("| --- | --- | --- | --- |\n", "\n\n<!-- end of causes -->").split("\n")

    assert rows == [
        f"| `{one.name}` | {one.meaning} | {one.action} "
        f"| {'yes' if one.is_alert else 'no'} |"
        for one in CAUSES
    ]


def test_the_events_to_select_are_those_that_the_check_wants():
    listed = part("Select exactly these events:", "4. **A tunnel")

    assert set(re.findall(r"`([a-z_.]+)`", listed)) == USED
    assert set(webhooks.EVENTS) == USED


def test_each_fact_names_a_module_that_exists():
    facts = part("## Facts that the code relies on", "## Facts that the code does not")
    modules = re.findall(r"\| `([a-z_/]+\.py)` \|$", facts, re.MULTILINE)

    assert len(modules) == facts.count("\n| ") - 2  # the head and its rule
    assert [name for name in modules if not (SOURCE / name).is_file()] == []


def test_the_page_is_linked_from_where_readers_begin():
    for name in ("README.md", "docs/operations.md", "payment-svc/README.md"):
        assert "razorpay.md" in (ROOT / name).read_text(encoding="utf-8"), name

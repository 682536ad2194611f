import pytest
import requests

CREATED = "payment.dispute.created"


@pytest.fixture
def control(served):
    def post(path, **body):
        answer = requests.post(f"{served.url}/control/{path}/", json=body, timeout=5)
        assert answer.ok, answer.text
        return answer.json()

    return post


@pytest.fixture
def dispute(control, a_payment):
    """Raise a dispute about a new payment; return its entity."""
    return lambda **how: control(f"payments/{a_payment()['id']}/dispute", **how)


def test_a_raised_dispute_is_fetched_and_listed(client, dispute):
    raised = dispute(phase="arbitration", amount=100, reason="1061")

    found = client.dispute.fetch(raised["id"])

    assert found == raised
    assert client.dispute.all()["items"] == [found]
    assert (found["phase"], found["status"]) == ("arbitration", "open")
    assert (found["amount"], found["amount_deducted"]) == (100, 0)
    assert found["reason_code"] == "1061"
    assert found["respond_by"] - found["created_at"] == 6 * 24 * 3600


def test_a_dispute_leaves_the_payment_as_it_is(client, control, a_payment):
    before = a_payment()

    raised = control(f"payments/{before['id']}/dispute")
    control(f"disputes/{raised['id']}", status="lost")

    assert client.payment.fetch(before["id"]) == before
    assert client.dispute.fetch(raised["id"])["amount_deducted"] == 49900


def test_each_status_sends_its_event(control, dispute, receiver):
    raised = dispute()
    events = {
        "under_review": "payment.dispute.under_review",
        "open": "payment.dispute.action_required",
        "won": "payment.dispute.won",
        "lost": "payment.dispute.lost",
        "closed": "payment.dispute.closed",
    }
    created = receiver.body_of(CREATED)
    assert created["contains"] == ["payment", "dispute"]
    assert created["payload"]["dispute"]["entity"] == raised
    for status, name in events.items():
        control(f"disputes/{raised['id']}", status=status)

        event = receiver.body_of(name)

        assert event["payload"]["dispute"]["entity"]["status"] == status


def test_the_evidence_of_action_required_stands_beside_the_entity(
    control, dispute, receiver
):
    control(f"disputes/{dispute()['id']}", status="open", phase="pre_arbitration")

    part = receiver.body_of("payment.dispute.action_required")["payload"]["dispute"]

    assert part["evidence"]["amount"] == 49900
    assert "evidence" not in part["entity"]
    assert part["entity"]["phase"] == "pre_arbitration"


def test_a_status_that_nobody_documented_sends_no_event(
    client, control, dispute, receiver
):
    raised = dispute()

    control(f"disputes/{raised['id']}", status="frozen")

    assert client.dispute.fetch(raised["id"])["status"] == "frozen"
    receiver.wait_for(CREATED)

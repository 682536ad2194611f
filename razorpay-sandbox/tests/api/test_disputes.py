import pytest
from razorpay.errors import BadRequestError


def test_an_unknown_dispute_is_refused(client):
    with pytest.raises(BadRequestError, match="does not exist"):
        client.dispute.fetch("disp_Sc1Hd7WnQv38Lx")
    with pytest.raises(BadRequestError, match="is not a valid id"):
        client.dispute.fetch("disp_1")


def test_an_unknown_expand_is_refused(api, served):
    answer = api.get(f"{served.url}/v1/disputes?expand[]=refund")

    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "expand.0"

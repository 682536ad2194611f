import pytest
import requests

from razorpay_sandbox.testing import serve


@pytest.mark.parametrize("path", ["ledger", "account"])
def test_the_control_api_can_be_turned_off(tmp_path, path):
    with serve(tmp_path, SANDBOX_CONTROL="off") as served:
        answer = requests.get(f"{served.url}/control/{path}/", timeout=5)

    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["disputes/disp_x", "links/plink_x/pay", "balance"])
def test_nothing_changes_while_the_control_api_is_turned_off(tmp_path, path):
    with serve(tmp_path, SANDBOX_CONTROL="off") as served:
        answer = requests.post(f"{served.url}/control/{path}/", json={}, timeout=5)

    assert answer.status_code == 404

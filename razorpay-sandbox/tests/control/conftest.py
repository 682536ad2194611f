from typing import Any

import pytest
import requests

from razorpay_sandbox.testing import Served


@pytest.fixture
def post(served: Served) -> Any:
    """Return `post(path, **body)`: a call of the control API."""
    return lambda path, **body: requests.post(
        f"{served.url}/control/{path}/", json=body, timeout=5
    )


@pytest.fixture
def control(post: Any) -> Any:
    """Return `control(link, action, **body)`: a call about a link."""
    return lambda link, action, **body: post(f"links/{link['id']}/{action}", **body)


@pytest.fixture
def ledger(served: Served) -> Any:
    """Return `ledger()`: the rows of the ledger."""
    return lambda: requests.get(f"{served.url}/control/ledger/", timeout=5).json()

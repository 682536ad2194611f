import pytest
import requests


@pytest.mark.parametrize("path", ["healthz", "readyz", "control/healthz/"])
def test_the_probes_answer(served, path):
    assert requests.get(f"{served.url}/{path}", timeout=5).json() == {"status": "ok"}

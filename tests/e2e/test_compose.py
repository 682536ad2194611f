"""Size, confinement and database access of the containers of compose.yaml."""

import psycopg
import pytest

from devtools.compose import docker, images
from devtools.layout import IMAGES, SERVICES, module

pytestmark = pytest.mark.e2e
LARGEST = 260_000_000
PROBE = """
id -u
sed -n 's/^CapEff:\\t//p' /proc/self/status
sed -n 's/^NoNewPrivs:\\t//p' /proc/self/status
touch /app/x 2>/dev/null && echo writable || echo read-only
command -v cc gcc make ld || echo no compiler
find / -xdev -type d -name tests -not -path '/usr/*' 2>/dev/null | wc -l
"""
CONFINED = ["10001", "0" * 16, "1", "read-only", "no compiler", "0"]


@pytest.fixture(autouse=True)
def compose(target):
    """Return the shop in containers; skip the tests on another target."""
    if target.name != "compose":
        pytest.skip(f"NOT TESTED: the target {target.name} has no containers")
    return target


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_is_small_and_its_processes_are_confined(image):
    assert docker.inspect(images.name(image))["Size"] <= LARGEST

    output = docker.call("compose", "exec", "--no-TTY", image, "sh", "-c", PROBE)

    assert output.split("\n")[:-1] == CONFINED


@pytest.mark.parametrize("service", SERVICES)
def test_a_login_can_connect_only_to_its_own_database(compose, service):
    own = compose.database(service)
    psycopg.connect(own).close()

    others = [module(name) for name in SERVICES if name != service]
    for name in (*others, "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(own.rpartition("/")[0] + f"/{name}")


def test_migrations_have_run_successfully(compose):
    for service in SERVICES:
        [name] = docker.call("compose", "ps", "-aq", f"{service}-migrate").split()
        state = docker.inspect(name)["State"]

        assert (state["Status"], state["ExitCode"]) == ("exited", 0)

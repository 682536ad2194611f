import pytest

from devtools import layout
from devtools.checks import mirror

CODE = "class One:\n    def act(self):\n        return 1\n"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Return `write(path, text)` for a repository of the test's own."""
    monkeypatch.setattr(layout, "ROOT", tmp_path)

    def write(path, text=CODE):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)

    return write


def test_a_module_without_a_test_file_of_its_name_is_listed(tree):
    tree("order-svc/src/order_svc/managers/refunds.py")
    tree("order-svc/tests/test_refunds.py")

    [problem] = mirror.problems()

    assert problem == (
        "order-svc/src/order_svc/managers/refunds.py has no tests: "
        "order-svc/tests/managers/test_refunds.py is missing"
    )


def test_a_module_with_a_test_file_of_its_name_is_not_listed(tree):
    tree("order-svc/src/order_svc/managers/refunds.py")
    tree("order-svc/tests/managers/test_refunds.py")

    assert mirror.problems() == []


@pytest.mark.parametrize("folder", mirror.MIRRORED)
def test_every_package_is_checked(tree, folder):
    tree(f"{folder}/src/{layout.module(folder)}/clients.py", "async def f(): ...\n")

    assert len(mirror.problems()) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("states.py", "A = 1\n"),
        ("managers/__init__.py", CODE),
        ("migrations/versions/0001_orders.py", CODE),
    ],
)
def test_modules_without_behaviour_of_their_own_need_no_tests(tree, path, text):
    tree(f"order-svc/src/order_svc/{path}", text)

    assert mirror.problems() == []

"""Parallel workers begin with slow files; files that share a fixture stay together."""

from types import SimpleNamespace

from devtools.layout import ROOT
from devtools.testkit import order


def items_of(path, *names):
    return [SimpleNamespace(nodeid=f"{path}::test_{name}") for name in names]


def test_slow_files_come_first_then_those_with_the_most_tests():
    few, many = items_of("a/test_few.py", "z"), items_of("a/test_many.py", "b", "a")
    slow = items_of(order.SLOW[1], "d", "c")
    slowest = items_of(order.SLOW[0], "e")
    items = [*few, *many, *slow, *slowest]

    order.sort(items)

    assert items == [*slowest, *slow, *many, *few]


def test_the_slow_files_and_the_shared_folders_exist():
    assert all((ROOT / path).exists() for path in (*order.SLOW, *order.SHARED))


def test_a_worker_runs_a_whole_file_or_a_whole_shared_folder():
    scope = order.ByFile._split_scope
    folder = order.SHARED[0]

    assert scope(None, "a/test_few.py::test_z[x::y]") == "a/test_few.py"
    assert scope(None, f"{folder}test_one.py::test_a") == folder
    assert scope(None, f"{folder}test_two.py::test_b") == folder

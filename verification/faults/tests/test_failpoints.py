"""The table of failpoints is the code's."""

import ast
from collections import Counter

from devtools.layout import ROOT, SERVICES
from verification.faults.failpoints import EVERY


def calls(package):
    """Return the names that a package of `src` passes, one for each call."""
    trees = (ast.parse(path.read_text()) for path in package.rglob("*.py"))
    return [
        node.args[0].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "failpoint"
    ]


def in_code():
    """Return `{name: the folders in whose code it stands}`."""
    found = {}
    for folder in ("chassis", *SERVICES):
        for name in calls(ROOT / folder / "src"):
            found.setdefault(name, []).append(folder)
    return found


def test_the_table_and_the_code_name_the_same_points():
    assert set(in_code()) == {point.name for point in EVERY}


def test_a_point_is_one_place_of_the_code():
    assert {name: places for name, places in in_code().items() if len(places) > 1} == {}


def test_a_service_dies_at_its_own_points_and_at_the_chassis_ones():
    code = in_code()

    strangers = [
        point
        for point in EVERY
        if code[point.name]
        not in ([point.process.removesuffix("-worker")], ["chassis"])
    ]

    assert strangers == []


def test_the_table_names_each_point_of_a_process_once_and_enough_of_them():
    places = Counter((point.process, point.name) for point in EVERY)

    assert max(places.values()) == 1
    assert len(places) >= 38

from devtools.checks import sizes

SOURCE = '''"""A docstring
of two lines."""

# a comment
import os  # counts


def f(
    a,
):
    """Say nothing."""
    return call(
        "a string that is no docstring",
        a,
    )
'''


def test_only_lines_of_code_count():
    assert sizes.count(SOURCE) == 8


def test_the_lines_of_all_files_are_added(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "deep" / "b.py").write_text("y = 2\n\nz = 3\n")

    assert sizes.code_lines(tmp_path) == 3


def test_each_part_of_the_chassis_is_counted_and_the_base_is_the_rest(tmp_path):
    files = ("web/api.py", "messaging/sqs.py", "admin/views.py", "server/worker.py")
    for name in ("clock.py", *files):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x = 1\n" * len(name))

    assert sizes.part_lines(tmp_path) == {
        "base": len("clock.py"),
        "web": len("web/api.py"),
        "messaging": len("messaging/sqs.py"),
        "admin": len("admin/views.py"),
        "server": len("server/worker.py"),
    }

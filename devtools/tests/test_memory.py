import shutil
from collections import namedtuple

import pytest

from devtools import memory

Usage = namedtuple("Usage", "total used free")


@pytest.mark.parametrize(
    ("free", "is_used"), [(memory.NEEDED, True), (64 << 20, False)]
)
def test_a_folder_in_memory_is_used_if_it_has_room(
    tmp_path, monkeypatch, free, is_used
):
    monkeypatch.setattr(memory, "SHARED", tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(free, 0, free))
    assert memory.folder() == (tmp_path if is_used else None)


def test_without_a_folder_in_memory_the_disk_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "SHARED", tmp_path / "missing")
    assert memory.folder() is None

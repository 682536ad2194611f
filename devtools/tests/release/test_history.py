import subprocess

import pytest

from devtools.release import history


@pytest.fixture
def commit(tmp_path):
    """Return `commit(subject)`, which makes a commit and returns its id."""

    def git(*words):
        own = ["-c", "user.name=a", "-c", "user.email=a@shop.example"]
        subprocess.run(["git", "-C", tmp_path, *own, *words], check=True)

    def run(subject):
        git("commit", "--quiet", "--allow-empty", "-m", subject)
        return history.git("rev-parse", "HEAD", root=tmp_path)

    git("init", "--quiet")
    run.tag = lambda name: git("tag", name)
    return run


def test_without_a_tag_the_last_commit_of_a_release_is_found(commit, tmp_path):
    commit("release: 0.1.0")
    newest = commit("release: 0.2.0")
    commit("order-svc: a fix")
    commit("docs: release: how it is made")

    assert history.last(tmp_path) == newest


def test_a_tag_comes_first(commit, tmp_path):
    commit("release: 0.1.0")
    commit.tag("v0.1.0")
    commit("release: 0.2.0")

    assert history.last(tmp_path) == "v0.1.0"


def test_there_may_be_no_release(commit, tmp_path):
    commit("order-svc: a fix")

    assert history.last(tmp_path) is None

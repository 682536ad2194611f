"""All images or none."""

import click
import pytest

from devtools.compose import docker as program
from devtools.compose import images
from devtools.layout import IMAGES, version


def test_all_are_built_and_then_named(docker, capsys):
    images.build(("--pull",))

    builds = [call for call in docker.calls if call.startswith("build ")]
    for image, build in zip(IMAGES, builds, strict=True):
        assert f" --build-arg=SERVICE={image} " in build
        assert build.endswith(" --pull .")
    named = [call.split()[2] for call in docker.calls if call.startswith("tag ")]
    assert named == [
        f"shop/{image}:{tag}" for image in IMAGES for tag in ("dev", version())
    ]
    assert "• [2/5] shop/product-svc:dev\n  214 MB, " in capsys.readouterr().out


def test_when_one_fails_none_is_named_and_what_was_made_is_removed(docker):
    docker.answer("^build .*SERVICE=order-svc", 1, "no space left")

    with pytest.raises(click.ClickException, match="shop/order-svc:dev could not"):
        images.build()

    assert not [call for call in docker.calls if call.startswith("tag ")]
    assert docker.calls[-1].startswith("image prune --force --filter label=")


def test_an_authority_of_ones_own_is_handed_over_as_a_secret(docker, monkeypatch):
    monkeypatch.setenv("CA", "/etc/ssl/own.pem")

    images.build()

    builds = [call for call in docker.calls if call.startswith("build ")]
    assert all("--secret=id=ca,src=/etc/ssl/own.pem" in build for build in builds)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("info", "engine does not answer: .*It reported: cannot connect"),
        ("buildx version", "install docker-buildx-plugin"),
        ("compose version", "install docker-compose-plugin"),
    ],
)
def test_what_is_missing_of_docker_is_said(docker, part, sentence):
    docker.answer(f"^{part}", 1, "cannot connect")

    with pytest.raises(click.ClickException, match=sentence):
        program.require()


def test_without_docker_it_is_said_where_to_get_it(monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(click.ClickException, match="docker is missing: see"):
        program.require()

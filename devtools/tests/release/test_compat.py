"""`make compat`: narrowings fail unless CHANGELOG.md names them under *Breaking*."""

import pytest

from devtools.release import compat, contract

CHANGELOG = """\
# Changelog

## Unreleased

### Added

- `GET /orders/`: more.

### Breaking

{line}

## 0.2.0 - 2026-11-30

### Breaking

- `POST /orders/`: `note` is shorter.
"""


@pytest.fixture(scope="module")
def today():
    """Return the contract of today's code."""
    return contract.current()


@pytest.fixture
def check(today, tmp_path, monkeypatch):
    """Return `check(line)`: compare with a release that had another route and note.

    `line` is what CHANGELOG.md contains under *Breaking*.
    """
    monkeypatch.setattr(compat, "CHANGELOG", tmp_path / "CHANGELOG.md")
    monkeypatch.setattr(contract, "current", lambda: today)
    old = contract.plain(today)
    routes = old["orders.openapi"]["paths"]
    routes["/orders/planted/"] = {"get": routes["/orders/"]["get"]}
    monkeypatch.setattr(contract, "kept", lambda: old)

    def run(line):
        compat.CHANGELOG.write_text(CHANGELOG.format(line=line))
        return compat.run()

    return run


def test_a_planted_narrowing_of_an_api_fails(check, capsys):
    assert check("") == 1

    assert "✗ GET /orders/planted/: is gone" in capsys.readouterr().out


def test_a_narrowing_that_the_changelog_names_passes(check, capsys):
    assert check("- `GET /orders/planted/` was removed.") == 0

    assert "1 breaking changes, all named" in capsys.readouterr().out


def test_the_name_of_another_narrowing_is_not_enough(check):
    assert check("- `GET /orders/plant/` was removed.") == 1


def test_without_a_release_there_is_nothing_to_compare(monkeypatch, capsys):
    monkeypatch.setattr(contract, "kept", lambda: None)

    assert compat.run() == 0
    assert "no release yet" in capsys.readouterr().out


def test_the_contract_of_a_release_is_read_as_it_was_written(
    today, tmp_path, monkeypatch
):
    monkeypatch.setattr(contract, "current", lambda: today)
    contract.keep(tmp_path / "contract")

    assert contract.kept(tmp_path / "contract") == today
    assert contract.kept(tmp_path / "nothing") is None


def test_the_contract_has_every_api_message_setting_and_value(today):
    apis = {"users.openapi", "products.openapi", "orders.openapi", "payments.openapi"}

    assert set(today) == apis | {"messages", "settings", "values"}
    assert "order.settled" in today["messages"]
    assert today["settings"]["order-svc"]["PUBLIC_URL"]["required"]
    assert "image" in today["values"]["properties"]

"""Every pin is compared with published vulnerabilities."""

from devtools.checks import vulnerabilities


def test_all_files_of_pins_can_be_read(capfd):
    assert vulnerabilities.run(("--dry-run",)) == 0

    shown = capfd.readouterr().err
    assert shown.count("would have audited") == 4


def test_one_file_with_a_vulnerability_is_enough_to_fail(monkeypatch):
    codes = iter([0, 1, 0, 0])
    monkeypatch.setattr(vulnerabilities, "_check", lambda *_: next(codes))

    assert vulnerabilities.run(()) == 1

from devtools.release import changelog

TEXT = """\
# Changelog

## Unreleased

### Added

- More.

## 0.1.0 - 2026-01-02

### Breaking

- Less.
"""


def test_only_what_is_unreleased_is_read():
    assert changelog.section(TEXT) == "\n### Added\n\n- More.\n\n"
    assert changelog.breaking(TEXT) == []


def test_breaking_changes_end_at_the_next_heading():
    text = TEXT.replace("### Added", "### Breaking\n\n- `GET /`.\n\n### Added")

    assert [line for line in changelog.breaking(text) if line] == ["- `GET /`."]


def test_a_release_gets_a_heading_below_a_new_unreleased_one():
    text = changelog.released(TEXT, "0.2.0", "2026-11-30")

    assert changelog.section(text).strip() == ""
    assert changelog.versions(text) == ["0.2.0", "0.1.0"]
    assert "## 0.2.0 - 2026-11-30\n\n### Added\n\n- More.\n" in text

"""All of RFC 3339 is read."""

from datetime import UTC, datetime

import pytest

from chassis.web import moments

READ = {
    "2026-11-25T09:30:00Z": datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
    "2026-11-25T09:30:00.0000000Z": datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
    "2026-11-25T09:30:00.123456789Z": datetime(
        2026, 11, 25, 9, 30, 0, 123456, tzinfo=UTC
    ),
    "2026-11-25t09:30:00z": datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
    "2026-11-25 09:30:00.5-00:00": datetime(2026, 11, 25, 9, 30, 0, 500000, tzinfo=UTC),
    "2026-11-25T15:00:00+05:30": datetime(2026, 11, 25, 9, 30, tzinfo=UTC),
    "1990-12-31T15:59:60-08:00": datetime(1991, 1, 1, tzinfo=UTC),
    "2016-12-31T23:59:60.9Z": datetime(2017, 1, 1, tzinfo=UTC),
}


@pytest.mark.parametrize(("text", "moment"), READ.items())
def test_every_form_of_rfc_3339_is_read(text, moment):
    assert moments.read(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25T09:30:60Z",
        "2026-11-24T23:59:60Z",
        "2026-11-25T09:30:61Z",
        "9999-12-31T23:59:60Z",
        "2026-11-25T24:00:00Z",
        "2026-11-25T09:30Z",
        "2026-11-25T09:30:00.Z",
        "2026-11-25T09:30:00+0530",
        "2026-11-25T09:30:00Z\n",
        "٢٠٢٦-11-25T09:30:00Z",
        "2026-11-25T09:30:00." + "0" * 60 + "Z",
    ],
)
def test_other_forms_are_refused(text):
    with pytest.raises(ValueError, match=r"[a-z]"):
        moments.read(text)

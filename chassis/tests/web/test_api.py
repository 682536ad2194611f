"""Request bodies that an endpoint does not read."""

import pytest

ADDRESS = "/things/two-steps/"


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"", None, 201),
        (b"{}", "application/json", 201),
        (b'{"x": 1}', "application/json", 422),
        (b"[1]", "application/json", 422),
        (b'{"a":', "application/json", 400),
        (b"<x/>", "text/plain", 415),
    ],
)
def test_an_address_without_fields_refuses_fields(
    client, tokens, body, media_type, status
):
    answer = client.post(
        ADDRESS, data=body, content_type=media_type, headers=tokens.user()
    )

    assert answer.status_code == status
    if status == 422:
        (message,) = answer.json["errors"].values()
        assert message == ["Unknown field."]


def test_who_may_not_call_is_told_so_before_the_body_is_read(client):
    assert client.post(ADDRESS, data=b"{", content_type="x/y").status_code == 401

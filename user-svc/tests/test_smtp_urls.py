"""The address of a mail server in the settings."""

import pytest

from user_svc.smtp_urls import SmtpServer, parse


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail", SmtpServer("smtp", "mail", 25)),
        ("smtp+starttls://mail", SmtpServer("smtp+starttls", "mail", 587)),
        ("smtps://a%40b:p%2Fw@mail", SmtpServer("smtps", "mail", 465, "a@b", "p/w")),
        ("smtp://mail:1025/", SmtpServer("smtp", "mail", 1025)),
    ],
)
def test_an_address_names_the_protocol_the_server_and_the_account(
    url: str, server: SmtpServer
) -> None:
    assert parse(url) == server
    assert "p/w" not in repr(parse(url))

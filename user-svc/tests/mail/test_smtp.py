"""Delivery to a mail server."""

from typing import Any

import pytest

from user_svc import smtp_urls
from user_svc.mail import smtp


def test_a_server_that_must_speak_tls_and_does_not_gets_no_mail(
    smtp_server: Any, a_mail: Any
) -> None:
    to = smtp_urls.parse(smtp_server.url.replace("smtp:", "smtp+starttls:"))

    with pytest.raises(OSError, match="STARTTLS"):
        smtp.send(a_mail(), to)

    assert smtp_server.bodies == []

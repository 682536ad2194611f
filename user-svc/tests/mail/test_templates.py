"""The subjects and texts of the mails."""

import pytest
from flask import Flask

from user_svc.mail import templates
from user_svc.models import MailKind


@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_has_a_subject_and_a_text(app: Flask, kind: MailKind) -> None:
    subject, text = templates.render(kind, "t" * 43, app.extensions["settings"])

    assert subject
    assert ("t" * 43 in text) == (kind in templates.CONFIRMATIONS)

"""Hand a message to a mail server by SMTP."""

import smtplib
import ssl
from email.message import EmailMessage

from user_svc.smtp_urls import SmtpServer

TIMEOUT = 10


def send(message: EmailMessage, server: SmtpServer) -> None:
    """Hand a message to the server, or raise OSError; certificates are checked."""
    with _connection(server) as connection:
        if server.scheme == "smtp+starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(message)


def _connection(server: SmtpServer) -> smtplib.SMTP:
    if server.scheme != "smtps":
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
    context = ssl.create_default_context()
    return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=context)

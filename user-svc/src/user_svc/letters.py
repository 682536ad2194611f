"""What the mails say. No name stands in them: whoever registers chooses it.

A stranger could register somebody's address under a name that advertises.
"""

from user_svc.config import Settings
from user_svc.models import Letter

PAGES = {
    Letter.RESET: ("reset-password", "/user/password-reset/confirm/"),
    Letter.VERIFY: ("verify-email", "/user/verify-email/confirm/"),
}
_SUBJECTS = {
    Letter.RESET: "A new password",
    Letter.VERIFY: "Is this your address?",
    Letter.EMAIL_CHANGED: "Your account has another address",
    Letter.PASSWORD_CHANGED: "Your password was changed",
}
_TEXTS = {
    Letter.RESET: """Hello,

somebody, probably you, asked for a new password.

{way}

It is good once, for ten minutes; then every session ends.
It was not you? Then there is nothing to do: your password stays.
""",
    Letter.VERIFY: """Hello,

an account of the shop has this address.

{way}

It is good once, for a day.
It is not yours? Then there is nothing to do.
""",
    Letter.EMAIL_CHANGED: """Hello,

your account of the shop has another e-mail address now, and no mail is sent
to this one any more.

It was not you? Write to us at once.
""",
    Letter.PASSWORD_CHANGED: """Hello,

your account of the shop has a new password.

It was not you? Ask for another one at once: that ends every session.
""",
}


def write(letter: Letter, token: str, settings: Settings) -> tuple[str, str]:
    """Return a mail's subject and text."""
    way = _way(letter, token, settings) if letter in PAGES else ""
    return _SUBJECTS[letter], _TEXTS[letter].format(way=way)


def _way(letter: Letter, token: str, settings: Settings) -> str:
    """Say what to do with a token, by the settings alone.

    After the # it is sent to no server, so it gets into no log of requests.
    """
    page, path = PAGES[letter]
    if settings.shop_url:
        return f"Open\n\n  {settings.shop_url}/{page}#token={token}"
    return f"Send the code\n\n  {token}\n\nto POST {settings.public_url}{path}"

"""The subjects and texts of the mails.

A text contains no name of a person: a stranger could register somebody else's address
with an advertisement as the name.
"""

from user_svc.config import Settings
from user_svc.models import MailKind

# The front end's page and the API's address for the token in a mail.
CONFIRMATIONS = {
    MailKind.RESET: ("reset-password", "/user/password-reset/confirm/"),
    MailKind.VERIFY: ("verify-email", "/user/verify-email/confirm/"),
}
_SUBJECTS = {
    MailKind.RESET: "A new password",
    MailKind.VERIFY: "Is this your address?",
    MailKind.EMAIL_CHANGED: "Your account has another address",
    MailKind.PASSWORD_CHANGED: "Your password was changed",
    MailKind.LOCKED_OUT: "Wrong passwords for your account",
}
_TEXTS = {
    MailKind.RESET: """Hello,

somebody, probably you, asked for a new password for your account.

{instruction}

It can be used once, within ten minutes. Setting a new password ends every session.
If you did not ask for it, do nothing: your password stays the same.
""",
    MailKind.VERIFY: """Hello,

an account of the shop uses this address.

{instruction}

It can be used once, within a day.
If the account is not yours, do nothing.
""",
    MailKind.EMAIL_CHANGED: """Hello,

your account of the shop now has another e-mail address. We will send no more mail
to this one.

If you did not change it, write to us at once.
""",
    MailKind.PASSWORD_CHANGED: """Hello,

your account of the shop has a new password.

If you did not change it, ask for a new password at once: that ends every session.
""",
    MailKind.LOCKED_OUT: """Hello,

somebody has tried several wrong passwords for your account of the shop. Further
attempts from the same place are refused for a while.

You can still sign in from where you have signed in before. If you cannot sign in, ask
for a new password: that unlocks your account at once.
If it was not you, your password was not guessed; you need not do anything.
""",
}


def render(kind: MailKind, token: str, settings: Settings) -> tuple[str, str]:
    """Return a mail's subject and text."""
    has_token = kind in CONFIRMATIONS
    instruction = _instruction(kind, token, settings) if has_token else ""
    return _SUBJECTS[kind], _TEXTS[kind].format(instruction=instruction)


def _instruction(kind: MailKind, token: str, settings: Settings) -> str:
    """Return how to use the token: a link to SHOP_URL, else a request to the API.

    Browsers send no part after the # to a server, so the token is in no access log.
    """
    page, path = CONFIRMATIONS[kind]
    if settings.shop_url:
        return f"Open\n\n  {settings.shop_url}/{page}#token={token}"
    return f"Send the code\n\n  {token}\n\nto POST {settings.public_url}{path}"

"""The settings and the secrets that steps work with."""

from typing import cast

from flask import current_app

from chassis import config
from user_svc.config import Settings
from user_svc.keyring import Keyring


def settings() -> Settings:
    """Return the user service's settings."""
    return cast("Settings", config.settings())


def keyring() -> Keyring:
    """Return the secrets derived from SIGNING_KEY_SECRET."""
    return cast("Keyring", current_app.extensions["keyring"])

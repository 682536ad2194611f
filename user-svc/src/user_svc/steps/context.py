"""The settings, the secrets and the threads for hashing that steps work with."""

from typing import cast

from flask import current_app

from chassis import config
from user_svc.config import Settings
from user_svc.hashing import Hashing
from user_svc.keyring import Keyring


def settings() -> Settings:
    """Return the user service's settings."""
    return cast("Settings", config.settings())


def keyring() -> Keyring:
    """Return the secrets derived from SIGNING_KEY_SECRET."""
    return cast("Keyring", current_app.extensions["keyring"])


def hashing() -> Hashing:
    """Return the places and threads in which passwords are hashed."""
    return cast("Hashing", current_app.extensions["hashing"])

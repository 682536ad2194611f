"""Accounts, sign-in, tokens and their public keys."""

from collections.abc import Mapping
from functools import partial

from flask import Flask

import chassis
from chassis import worker
from chassis.config import environment
from user_svc import accounts_setup, api
from user_svc.api.keys import published
from user_svc.config import Settings
from user_svc.extensions import db
from user_svc.jobs import JOBS


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Make the user service."""
    app = Flask(__name__)
    settings = Settings.load(environ or environment(__file__))
    keys = partial(published, app)
    chassis.init_app(app, settings, db, prefix="/user", fetch_keys=keys)
    api.init_app(app)
    accounts_setup.init_app(app)
    worker.init_app(app, jobs=JOBS)
    return app

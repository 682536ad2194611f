"""The user service: accounts, sign-in, tokens and their public keys."""

from collections.abc import Mapping

from flask import Flask

from chassis import web, worker
from chassis.config import environment
from user_svc import admin, api, cli, jobs, seed
from user_svc.config import Settings
from user_svc.extensions import db
from user_svc.hashing import Hashing
from user_svc.keyring import Keyring
from user_svc.steps.signing_keys import Signer, list_public_keys


def create_app(environ: Mapping[str, str] | None = None) -> Flask:
    """Make the user service."""
    app = Flask(__name__)
    settings = Settings.load(environ or environment(__file__))
    web.init_app(app, settings, db, prefix="/user", fetch_keys=list_public_keys)
    app.extensions["keyring"] = Keyring(
        settings.signing_key_secret, settings.signing_key_secret_previous
    )
    app.extensions["signer"] = Signer()
    app.extensions["hashing"] = Hashing(settings.web_threads)
    api.init_app(app)
    admin.init_app(app)
    cli.init_app(app)
    seed.init_app(app)
    worker.init_app(app, jobs=jobs.JOBS)
    return app

"""The public keys that every service checks tokens with."""

from typing import Any

from flask import Flask, current_app, jsonify
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from marshmallow import fields

from chassis.db import reading, writing
from chassis.fields import Schema
from user_svc.accounts import Blueprint, settings
from user_svc.extensions import db
from user_svc.keys import KeyManager

blp = Blueprint("keys", __name__, description="Public keys")


class JwksSchema(Schema):
    """A JSON Web Key Set (RFC 7517)."""

    keys = fields.List(fields.Dict(keys=fields.String()))


def published(app: Flask) -> dict[str, Any]:
    """Return the key set in a session of its own; the first call makes a key."""
    with app.app_context():
        manager = KeyManager(db.session, settings().signing_key_secret)
        with reading():
            found = manager.published()
            db.session.rollback()
        if not found["keys"]:
            with writing():
                manager.current()
                db.session.commit()
                found = manager.published()
        return found


@blp.route("/.well-known/jwks.json")
class Keys(MethodView):
    """The published keys."""

    @blp.public
    @blp.response(200, JwksSchema)
    def get(self) -> ResponseReturnValue:
        """Get the public keys, several while a rotation runs."""
        response = jsonify(published(current_app))
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

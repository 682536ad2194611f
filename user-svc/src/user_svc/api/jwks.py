"""The public keys that every service checks tokens with."""

from typing import Any

from flask.views import MethodView

from user_svc import signing
from user_svc.access import Blueprint
from user_svc.schemas import KeysSchema

blp = Blueprint("keys", __name__, url_prefix="/.well-known", description=__doc__)


@blp.route("/jwks.json")
class Keys(MethodView):
    """The key set."""

    @blp.public
    @blp.resource(KeysSchema)
    def get(self) -> Any:
        """Show the public keys; several while a rotation runs."""
        return signing.published(), 200, {"Cache-Control": "public, max-age=60"}

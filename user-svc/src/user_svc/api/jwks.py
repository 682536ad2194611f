"""The public keys with which every service verifies tokens."""

from typing import Any

from flask.views import MethodView

from user_svc import steps
from user_svc.api.access import Blueprint
from user_svc.schemas import KeysSchema

blp = Blueprint("keys", __name__, url_prefix="/.well-known", description=__doc__)


@blp.route("/jwks.json")
class Keys(MethodView):
    """The key set."""

    @blp.public
    @blp.resource(KeysSchema)
    def get(self) -> Any:
        """Get the public keys; there are several during a rotation."""
        return steps.list_public_keys(), 200, {"Cache-Control": "public, max-age=60"}

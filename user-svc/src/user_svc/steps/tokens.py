"""Access and refresh tokens in the form that clients receive."""

import uuid
from typing import Any, cast

from flask import current_app

from chassis import clock
from chassis.web import auth
from user_svc.managers import Grant
from user_svc.steps.context import settings
from user_svc.steps.signing_keys import Signer

Tokens = dict[str, Any]


def pair(grant: Grant) -> Tokens:
    """Return a session's access and refresh tokens as members of a response."""
    claims = {
        "sub": str(grant.user_id),
        "aud": auth.SHOP,
        "role": grant.role,
        "scope": " ".join(sorted(auth.ROLES[grant.role])),
        "sid": str(grant.family_id),
    }
    remaining = grant.expires_at - clock.now()
    return {
        **access_token(claims),
        "refresh_token": grant.refresh_token,
        "refresh_expires_in": int(remaining.total_seconds()),
    }


def access_token(claims: dict[str, Any]) -> Tokens:
    """Sign the claims; return the token as members of a response."""
    signer = cast("Signer", current_app.extensions["signer"])
    config = settings()
    token = signer.sign({"iss": config.jwt_issuer, "jti": uuid.uuid4().hex} | claims)
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": config.access_token_seconds,
    }

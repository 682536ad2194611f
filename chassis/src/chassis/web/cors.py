"""Cross-origin requests from the browser pages that CORS_ORIGINS lists."""

from flask import Flask, Response, request

from chassis.config import Settings

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
ACCEPTED = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "X-Correlation-ID"
)
SHOWN = (
    "ETag, Idempotency-Replayed, Link, Location, RateLimit-Limit, "
    "RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Correlation-ID"
)
PREFLIGHT = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": ACCEPTED,
    "Access-Control-Max-Age": "600",
}


def init_app(app: Flask, settings: Settings, prefix: str) -> None:
    """Let the listed origins use the API; panel and Swagger are for no other origin.

    Cookies are not allowed: the API accepts access tokens.
    """
    if not settings.cors_origins:
        return

    @app.after_request
    def _allow(response: Response) -> Response:
        if not request.path.startswith(f"{prefix}/"):
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin", "")
        if origin in settings.cors_origins:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = SHOWN
            if request.method == "OPTIONS":
                response.headers.update(PREFLIGHT)
        return response

"""The requests of hostile clients, as the bytes that they send."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from devtools.layout import HOST

POSTS = {
    "user-svc": ("/user/login/", "/user/register/", "/user/password-reset/"),
    "product-svc": ("/products/check_stock/",),
    "order-svc": ("/orders/",),
    "payment-svc": ("/payments/webhook/", "/payments/create_payment_link/"),
}
GETS = {
    "user-svc": ("/user/me/", "/.well-known/jwks.json"),
    "product-svc": ("/products/?is_active=false", "/products/1/"),
    "order-svc": ("/orders/", "/orders/1/"),
    "payment-svc": ("/payments/", "/payments/1/"),
}
TOKEN = "/swagger/token/"  # noqa: S105
JSON = "Content-Type: application/json"
FORM = "Content-Type: application/x-www-form-urlencoded"
CHUNKED = "Transfer-Encoding: chunked"
NOBODYS_PRODUCT = 999_999_999
LONG = 4000  # two such values, and a head is near the largest that is read


@dataclass(frozen=True)
class Target:
    """The attacked service, an ordinary customer's token, and accounts to guess at."""

    service: str
    token: str = ""
    emails: tuple[str, ...] = ("nobody@shop.example",)

    @property
    def bearer(self) -> str:
        """The header line of the customer."""
        return f"Authorization: Bearer {self.token}"


def request(method: str, path: str, *lines: str, body: bytes = b"") -> bytes:
    """Return a whole request; `lines` are header lines."""
    sized = [] if CHUNKED in lines else [f"Content-Length: {len(body)}"]
    head = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *lines, *sized]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode("latin-1") + body


# ---- large bodies ----
def _one_chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


WHOLE = (
    lambda: b'{"items": [' + b"{}," * 349_000 + b"{}]}",
    lambda: b'{"items": ' + b"[" * 500_000 + b"]" * 500_000 + b"}",
    lambda: b'{"a":' * 160_000 + b"1" + b"}" * 160_000,
    lambda: b'{"email": "' + b"a" * 1_000_000 + b'", "password": "b"}',
    lambda: b'{"items": ' + b"9" * 1_000_000 + b"}",
    lambda: b'{"name": "' + b"\\u0000" * 150_000 + b'"}',
    lambda: b"\xff" * 1_000_000,
)
CHUNKS = (
    lambda: b"xyz\r\n",
    lambda: b"FFFFFFFFFFFFFFFF\r\n{",
    lambda: b"1\r\n{\r\n" * 20_000 + b"0\r\n\r\n",
    lambda: b"2;" + b"e" * 9_000 + b"\r\n{}\r\n0\r\n\r\n",
    lambda: b"2\r\n{}\r\n0\r\nTrailer: " + b"t" * 70_000 + b"\r\n\r\n",
    lambda: _one_chunk(b'{"items": [' + b"{}," * 400_000 + b"{}]}"),
)


def large_body(random: Random, target: Target) -> bytes:
    """Send what is expensive to read, to check or to refuse."""
    path, lines = random.choice(POSTS[target.service]), [JSON, target.bearer]
    if random.random() < 0.4:
        return request("POST", path, *lines, CHUNKED, body=random.choice(CHUNKS)())
    return request("POST", path, *lines, body=random.choice(WHOLE)())


# ---- travelling headers ----
HEADERS: tuple[tuple[str, ...], ...] = (
    (f"baggage: a={'{' * LONG},b={'{' * (LONG - 100)}",),
    (f"baggage: a={'{' * LONG}", f"baggage: b={'{' * LONG}"),
    ("tracestate: a=1", "tracestate: b=2"),
    (f"tracestate: {','.join(f'v{n}=x' for n in range(900))}",),
    (f"traceparent: 00-{'a' * LONG}-{'b' * LONG}-01",),
    (f"traceparent: 00-{'a' * 32}-{'b' * 16}-01", f"tracestate: a={'x' * 8000}"),
    (f"X-Correlation-ID: {'x' * 8000}",),
    ("X-Correlation-ID: one", "X-Correlation-ID: two"),
    ("X-Forwarded-For: " + "10.0.0.1, " * 700 + "10.0.0.1",),
    ("Cookie: a=" + "c" * 8000,),
    ('If-Match: "abc', "If-None-Match: ,,,"),
    tuple(f"X-{n}: y" for n in range(120)),
    (f"Accept: {'a/b,' * 2000}", "Range: bytes=0-0,-1"),
)


def travelling_headers(random: Random, target: Target) -> bytes:
    """Send headers that a service could repeat in its own calls."""
    lines = random.choice(HEADERS)
    kind = random.choice(("order", "sign in", "read"))
    if kind == "order" and target.service == "order-svc":
        return order(target, *lines)
    if kind == "sign in":
        return sign_in(random, target, *lines)
    path = random.choice(GETS[target.service])
    return request("GET", path, target.bearer, *lines)


def order(target: Target, *lines: str, quantity: int = 1) -> bytes:
    """Order a product that does not exist: it holds no customer's stock."""
    items = [{"product_id": NOBODYS_PRODUCT, "quantity": quantity}]
    body = json.dumps({"items": items}).encode()
    return request("POST", "/orders/", JSON, target.bearer, *lines, body=body)


# ---- guesses ----
def sign_in(random: Random, target: Target, *lines: str) -> bytes:
    """Sign in with a wrong password, at user-svc or through another service."""
    email, password = random.choice(target.emails), f"{random.getrandbits(64):x}"
    if target.service == "user-svc":
        body = json.dumps({"email": email, "password": password}).encode()
        return request("POST", "/user/login/", JSON, *lines, body=body)
    form = {"grant_type": "password", "username": email, "password": password}
    return request("POST", TOKEN, FORM, *lines, body=urlencode(form).encode())


def random_kid(random: Random, target: Target) -> bytes:
    """Send an access token whose key nobody has."""
    kid = random.choice((f"{random.getrandbits(128):032x}", "k" * 3000, "../../keys"))
    parts = ({"alg": "RS256", "typ": "at+jwt", "kid": kid}, {"sub": "1", "aud": "shop"})
    token = ".".join(_encoded(json.dumps(part).encode()) for part in parts)
    line = f"Authorization: Bearer {token}.{_encoded(random.randbytes(256))}"
    more = random.choice(((), HEADERS[0]))
    return request("GET", random.choice(GETS[target.service]), line, *more)


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


# ---- idempotency keys ----
def random_key(random: Random, target: Target) -> bytes:
    """Send a key that is new, used for another request, too long, or not a text."""
    keys = (f"{random.getrandbits(128):x}", "again", "k" * 8000, "\x80\xff", '"', "")
    line = f"Idempotency-Key: {random.choice(keys)}"
    if target.service == "order-svc":
        return order(target, line, quantity=random.randint(1, 9))
    body = json.dumps({"email": "a", "password": f"{random.random()}"}).encode()
    return request("POST", "/user/register/", JSON, line, body=body)


# ---- requests that never end ----
def half_request(random: Random, target: Target) -> bytes:
    """Begin a request: half of its head, or its head and one byte of the body."""
    path = random.choice(POSTS[target.service])
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\n"
    endings = (
        "X-Slow: a",
        f"{JSON}\r\nContent-Length: 9000\r\n\r\n{{",
        f"{JSON}\r\n{CHUNKED}\r\n\r\nFF\r\n{{",
    )
    return (head + random.choice(endings)).encode()


WHOLE_REQUESTS: Mapping[str, Callable[[Random, Target], bytes]] = {
    "large_bodies": large_body,
    "travelling_headers": travelling_headers,
    "random_kids": random_kid,
    "wrong_passwords": sign_in,
    "random_keys": random_key,
}

"""Tokens: what is let in, what is not, and what bad ones cost."""

import base64
import hashlib
import hmac
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tiny import Thing, db

from chassis.errors import Unauthorized
from chassis.web import auth
from chassis.web.keys import Keys

USER = {"sub": "1", "aud": "shop", "role": "staff"}
THING = {"name": "a", "price": "1"}


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(header, claims=None, secret=None):
    """Return a token with any header, signed with a secret or not at all."""
    now = int(time.time())
    whole = {
        "iss": "shop",
        "iat": now,
        "exp": now + 600,
        "jti": "1",
        **USER,
        **(claims or {}),
    }
    head = {"typ": "at+jwt", "kid": "test-key", **header}
    text = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(whole).encode())}"
    mac = hmac.new(secret, text.encode(), hashlib.sha256).digest() if secret else b""
    return f"{text}.{b64(mac)}"


def edited(token, **claims):
    head, body, mac = token.split(".")
    found = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{b64(json.dumps({**found, **claims}).encode())}.{mac}"


def bad_tokens(tokens):
    now = int(time.time())
    public = tokens.key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    jwk = json.dumps(tokens.jwks["keys"][0]).encode()
    hs = {"alg": "HS256"}
    good = tokens.sign(USER)
    stranger = type(tokens)()

    def sign(headers=None, **claims):
        good = {"iss": "shop", "iat": now, "exp": now + 600, "jti": "1", **USER}
        kept = {k: v for k, v in {**good, **claims}.items() if v is not None}
        head = {"typ": "at+jwt", "kid": "test-key", **(headers or {})}
        return jwt.api_jws.encode(json.dumps(kept).encode(), tokens.key, "RS256", head)

    return {
        "alg none": forged({"alg": "none"}),
        "alg nOnE": forged({"alg": "nOnE"}),
        "no alg": forged({}),
        "an empty signature": good.rpartition(".")[0] + ".",
        "HS256 with the PEM": forged(hs, secret=pem),
        "HS256 with the DER": forged(hs, secret=der),
        "HS256 with the JWK": forged(hs, secret=jwk),
        "HS256 with the modulus": forged(
            hs, secret=tokens.jwks["keys"][0]["n"].encode()
        ),
        "HS256 with the JWKS URL": forged(hs, secret=b"/.well-known/jwks.json"),
        "HS256 with nothing": forged(hs, secret=b"\0"),
        "a key of its own": forged(
            {**hs, "jwk": {"kty": "oct", "k": "AA"}}, None, b"\0"
        ),
        "an address of its own": forged(
            {**hs, "jku": "http://127.0.0.1:9/"}, None, b"\0"
        ),
        "another's signature": stranger.sign(USER),
        "kid: a path": sign({"kid": "../../etc/passwd"}),
        "kid: SQL": sign({"kid": "' OR 1=1"}),
        "kid: 5 kB": forged({"alg": "RS256", "kid": "k" * 5000}),
        "kid: 10 kB": forged({"alg": "RS256", "kid": "k" * 10_000}),
        "kid: an object": forged({"alg": "RS256", "kid": {"a": 1}}),
        "kid: a list": forged({"alg": "RS256", "kid": ["test-key"]}),
        "kid: a number": forged({"alg": "RS256", "kid": 1}),
        "kid: nothing": forged({"alg": "RS256", "kid": ""}),
        "kid: missing": forged({"alg": "RS256", "kid": None}),
        "kid: a surrogate": forged({"alg": "RS256", "kid": "\ud800"}),
        "expired": sign(exp=now - 31),
        "not yet": sign(nbf=now + 60),
        "issued later": sign(iat=now + 60),
        "no exp": sign(exp=None),
        "exp: a text": forged({"alg": "RS256"}, {"exp": "soon"}),
        "no iat": sign(iat=None),
        "no jti": sign(jti=None),
        "no sub": sign(sub=None),
        "no role": sign(role=None),
        "sub: a text": sign(sub="root"),
        "no aud": sign(aud=None),
        "aud: another service": sign(aud="payment-svc"),
        "aud: several": sign(aud=["shop", "tiny-svc"]),
        "no iss": sign(iss=None),
        "iss: another": sign(iss="http://evil.example"),
        "typ: refresh": sign({"typ": "refresh+jwt"}),
        "typ: reset": sign({"typ": "reset+jwt"}),
        "typ: JWT": sign({"typ": "JWT"}),
        "typ: none": sign({"typ": None}),
        "an edited role": edited(good, role="admin"),
        "crit": sign({"crit": ["x"], "x": 1}),
        "deep": b64(b"[" * 4000) + ".e30.AA",
        "deep and long": b64(b'{"a":' * 1500) + ".e30.AA",
        "a header that is a list": b64(b"[]") + ".e30.AA",
        "no token": "x",
        "two dots": "..",
        "not base64": "!!.!!.!!",
        "five parts": good + ".a.b",
        "letters of other alphabets": "ключ",
    }


def is_refused(answer):
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    return (answer.status_code, answer.json["code"]) == (401, "unauthorized")


def test_every_token_that_user_svc_did_not_make_for_us_is_refused(app, client, tokens):
    let_in = [
        name
        for name, token in bad_tokens(tokens).items()
        if not is_refused(
            client.post(
                "/things/",
                json=THING,
                headers={"Authorization": f"Bearer {token}".encode().decode("latin1")},
            )
        )
    ]

    assert let_in == []
    with app.app_context():
        assert db.session.query(Thing).count() == 0


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_a_good_token_is_let_in_however_bearer_is_written(client, tokens, scheme):
    token = tokens.sign(USER)
    headers = {"Authorization": f"{scheme} {token}"}

    assert client.post("/things/", json=THING, headers=headers).status_code == 201


def test_a_header_that_is_not_one_bearer_token_is_refused(client, tokens):
    token = tokens.sign(USER)
    basic = base64.b64encode(b"user:password").decode()
    wrong = [
        [],
        [""],
        ["Bearer"],
        ["Bearer "],
        [token],
        [f"Basic {basic}"],
        [f"Token {token}"],
        [f"Bearer Bearer {token}"],
        [f"Bearer  {token}"],
        [f"Bearer {token} {token}"],
        [f"Bearer {token}, Bearer {token}"],
        [f"Bearer {token}", f"Bearer {token}"],
        [f"Bearer {token}", f"Basic {basic}"],
        ["Bearer " + "x" * 100_000],
    ]

    for lines in wrong:
        headers = [("Authorization", line) for line in lines]
        assert is_refused(client.post("/things/", json=THING, headers=headers)), lines


def test_a_token_in_the_address_or_a_cookie_is_ignored(client, tokens):
    token = tokens.sign(USER)
    client.set_cookie("Authorization", f"Bearer {token}")

    for name in ("access_token", "token"):
        assert is_refused(client.post(f"/things/?{name}={token}", json=THING))


def test_roles_nest_and_scopes_do_not(client, tokens):
    client.post("/things/", json=THING, headers=tokens.user())

    def status(headers):
        return client.patch("/things/1/", json={}, headers=headers).status_code

    assert status(tokens.user(role="customer")) == 403
    assert status(tokens.user(role="owner")) == 403
    assert status(tokens.user(role="things:write")) == 403
    assert status(tokens.staff()) == 200
    assert status(tokens.admin()) == 200
    assert status(tokens.service("order-svc", "tiny-svc", "things:write")) == 200
    assert status(tokens.service("order-svc", "tiny-svc", "things:read")) == 403
    assert status(tokens.service("order-svc", "tiny-svc", "staff", "admin")) == 403
    assert status(tokens.service("order-svc", "product-svc", "things:write")) == 401


def test_a_service_is_no_user_and_a_user_has_no_scopes(client, tokens):
    service = tokens.service("order-svc", "tiny-svc", "customer")
    assert client.post("/things/", json=THING, headers=service).status_code == 403
    scoped = tokens.sign({**USER, "role": "customer", "scope": "things:write"})
    headers = {"Authorization": f"Bearer {scoped}"}
    assert client.patch("/things/1/", json={}, headers=headers).status_code == 403


def test_a_users_scope_limits_the_role_and_gives_no_more(client, tokens):
    client.post("/things/", json=THING, headers=tokens.user())

    def status(role, scope):
        token = tokens.sign({**USER, "role": role, "scope": scope})
        headers = {"Authorization": f"Bearer {token}"}
        return client.patch("/things/1/", json={}, headers=headers).status_code

    assert status("staff", "customer staff") == 200
    assert status("staff", "customer") == 403
    assert status("customer", "customer staff admin things:write") == 403


def test_a_caller_has_a_name():
    assert str(auth.Caller(id=7, role="customer")) == "user:7"
    assert str(auth.Caller(client="order-svc")) == "order-svc"
    assert auth.Caller(id=7, role="admin").is_staff
    assert not auth.Caller(client="staff", scopes=frozenset({"staff"})).is_staff


def test_keys_of_another_kind_do_not_serve(tokens):
    secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "secret", "alg": "HS256"}
    keys = Keys(lambda: {"keys": [*tokens.jwks["keys"], secret]})

    token = forged({"alg": "HS256", "kid": "secret"}, secret=b"secret")

    with pytest.raises(Unauthorized):
        auth.verify(token, "tiny-svc", keys.get, "shop")


def test_an_error_of_our_own_is_not_taken_for_a_bad_token(tokens):
    def fails(_kid):
        raise TypeError("a fault of the caller")

    with pytest.raises(TypeError):
        auth.verify(tokens.sign({"sub": "1"}), "tiny-svc", fails, "shop")

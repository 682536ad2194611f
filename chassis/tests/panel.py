"""The staff panel as a browser meets it, with a user-svc that the tests command."""

import re
from urllib.parse import parse_qs, urlencode

from chassis.errors import Unavailable
from chassis.http import Answer

EMAIL, PASSWORD = "asha@example.com", "right"


class UserSvc:
    """Stands for user-svc: one account, whose tokens it can let expire or refuse."""

    def __init__(self, role="staff"):
        self.role = role
        self.pool = {}
        self.asked = []
        self.revoked, self.spent = [], []
        self.is_away = self.has_ended = False
        self.tokens = self.expired = 0

    def call(self, method, path, *, body=b"", json=None, headers):
        self.asked.append((method, path))
        if self.is_away:
            raise Unavailable("user-svc does not answer.")
        if path == "/user/token/":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self.spent += [form["refresh_token"]] if "refresh_token" in form else []
            return self._token(form)
        if path == "/user/logout/":
            return self._logout(headers["Authorization"], json["refresh_token"])
        return self._me(headers["Authorization"])

    def _logout(self, authorization, refresh_token):
        if self._number(authorization) <= self.expired:
            return Answer(401, {"code": "unauthorized"})
        self.revoked.append(refresh_token)
        return Answer(204, None)

    def _number(self, authorization):
        return int(authorization.rpartition("-")[2])

    def expire(self):
        """Let the access tokens given so far expire; refresh tokens stay good."""
        self.expired = self.tokens

    def _token(self, form):
        good = {
            "password": form.get("password") == PASSWORD,
            "refresh_token": form.get("refresh_token", "").startswith("refresh-"),
        }
        if self.has_ended or not good[form["grant_type"]]:
            return Answer(400, {"error": "invalid_grant"})
        self.tokens += 1
        pair = {name: f"{name}-{self.tokens}" for name in ("access", "refresh")}
        return Answer(200, {f"{name}_token": text for name, text in pair.items()})

    def _me(self, authorization):
        token = self._number(authorization)
        if self.has_ended or token <= self.expired:
            return Answer(401, {"code": "unauthorized"})
        user = {"id": 900, "name": "Asha", "email": EMAIL, "role": self.role}
        return Answer(200, user)


class Browser:
    """A browser with its cookies, at /admin/."""

    def __init__(self, app):
        self.client = app.test_client()

    def get(self, path="", **query):
        address = f"/admin/{path}" + (f"?{urlencode(query)}" if query else "")
        return self.client.get(address, headers={"Accept": "text/html"})

    def token(self, path):
        """Return the CSRF token of a page."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path).text)
        return found[1]

    def post(self, path, page="login/", follow=False, **form):
        """Post a form with the token of the page that it stands on."""
        form = {"csrf_token": self.token(page), **form}
        return self.send(path, form, follow=follow)

    def send(self, path, form=None, *, follow=False):
        """Post a form as it is."""
        return self.client.post(
            f"/admin/{path}",
            data=form or {},
            headers={"Accept": "text/html"},
            follow_redirects=follow,
        )

    def sign_in(self, email=EMAIL, password=PASSWORD):
        return self.post("login/", email=email, password=password)

    def is_in(self):
        return self.get().status_code == 200


def addresses(app):
    """Return (path, method) of all the panel answers to, but what is open to all."""
    return [
        (re.sub(r"<[^>]+>", "csv", rule.rule).removeprefix("/admin/"), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"OPTIONS"}
        if rule.rule.startswith("/admin/")
        and rule.endpoint not in ("admin.login", "admin.static")
    ]


def rows(db):
    """Return every row of every table, to see whether anything has changed."""
    return {
        table.name: sorted(map(repr, db.session.execute(table.select())))
        for table in db.metadata.sorted_tables
    }

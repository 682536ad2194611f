import json

from chassis import env_files
from devtools.local import credentials


def test_secrets_are_made_once_and_for_their_owner_alone(var):
    first = credentials.load()
    second = credentials.load()

    assert first == second == env_files.read(var / "secrets.env")
    assert (var / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_two_shops_share_no_secret(var, tmp_path, monkeypatch):
    first = credentials.load()
    monkeypatch.setenv("SHOP_VAR", str(tmp_path / "other"))

    second = credentials.load()

    same = {name for name in first if first[name] == second[name]}
    assert same == {f"DEMO_{role}_EMAIL" for role in ("CUSTOMER", "STAFF", "ADMIN")}


def test_a_secret_that_is_missing_is_added_and_the_others_stay(var):
    var.mkdir()
    (var / "secrets.env").write_text("RAZORPAY_KEY_ID=rzp_test_mine\n")

    values = credentials.load()

    assert values["RAZORPAY_KEY_ID"] == "rzp_test_mine"
    assert len(values["RAZORPAY_KEY_SECRET"]) >= 32


def test_each_service_that_calls_others_is_a_client_with_its_own_secret(var):
    values = credentials.load()

    clients = {c["client_id"]: c for c in json.loads(values["SERVICE_CLIENTS"])}
    secrets = [credentials.client_secret(values, name) for name in clients]

    assert set(clients) == {"order-svc"}
    assert all(len(secret) >= 32 for secret in secrets)
    assert credentials.client_secret(values, "user-svc") == ""
    assert clients["order-svc"]["audiences"] == ["product-svc", "user-svc"]


def test_a_client_of_an_older_file_keeps_its_secret_and_loses_its_permissions(var):
    var.mkdir()
    wide = {"client_secret": "s" * 40, "audiences": ["payment-svc"], "scopes": ["x:y"]}
    clients = [{"client_id": name, **wide} for name in ("order-svc", "payment-svc")]
    line = f"SERVICE_CLIENTS='{json.dumps(clients)}'\n"
    (var / "secrets.env").write_text(line)

    [client] = json.loads(credentials.load()["SERVICE_CLIENTS"])

    assert (client["client_id"], client["client_secret"]) == ("order-svc", "s" * 40)
    assert (client["audiences"], client["scopes"]) == credentials.CLIENTS["order-svc"]
    assert credentials.load() == credentials.load()

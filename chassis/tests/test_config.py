"""Settings: typed, read once, every problem reported together."""

from dataclasses import dataclass

import pytest

from chassis import config
from chassis.config import ConfigError, Settings, setting

STRONG = "a3f9Zk2LmQ8vXw7TbN5rYc1HdUe6Js0G"
GOOD = {
    "DATABASE_URL": "sqlite:///shop.db",
    "SECRET_KEY": STRONG,
    "PUBLIC_URL": "http://127.0.0.1:8000/",
}


@dataclass(frozen=True, kw_only=True)
class ShopSettings(Settings):
    service: str = "shop-svc"
    shelf: int = setting(config.whole, 3)
    api_secret: str = setting(config.text, "", secret=True)


def problems(**changes):
    environ = {**GOOD, "APP_ENV": "development", **changes}
    with pytest.raises(ConfigError) as wrong:
        ShopSettings.load({k: v for k, v in environ.items() if v is not None})
    return wrong.value.problems


def test_good_settings_are_read_with_their_types():
    found = ShopSettings.load(
        {**GOOD, "API_SECRET": STRONG, "SHELF": " 12 ", "BEHIND_TLS": "true"}
    )

    assert (found.shelf, found.behind_tls, found.service) == (12, True, "shop-svc")
    assert found.public_url == "http://127.0.0.1:8000"
    assert found.is_production


def test_all_problems_are_reported_together():
    found = problems(
        DATABASE_URL=None,
        PUBLIC_URL="shop.example.com",
        SHELF="three",
        BEHIND_TLS="maybe",
        WORKER_POLL_SECONDS="nan",
        LOG_LEVEL="LOUD",
    )

    names = {problem.split(":")[0] for problem in found}
    assert names == {
        "DATABASE_URL",
        "PUBLIC_URL",
        "SHELF",
        "BEHIND_TLS",
        "WORKER_POLL_SECONDS",
        "LOG_LEVEL",
    }


def test_the_problems_end_the_process_with_sentences():
    with pytest.raises(SystemExit) as wrong:
        Settings.load({})

    assert "has 3 problem(s)" in str(wrong.value)
    assert "SECRET_KEY: is missing; it should be a random text" in str(wrong.value)


@pytest.mark.parametrize(
    "weak", ["", "changeme", "Development", "short-but-random-9f3", "ab" * 40]
)
def test_production_refuses_weak_secrets(weak):
    found = problems(APP_ENV="production", SECRET_KEY=weak, API_SECRET=STRONG)

    assert len(found) == 1
    assert found[0].startswith("SECRET_KEY: is too weak for production")


def test_production_refuses_to_be_crashed():
    found = problems(
        CRASH_AT="order.placed:1",
        APP_ENV="production",
        SECRET_KEY=STRONG,
        API_SECRET=STRONG,
    )

    assert found == ["CRASH_AT: is for tests only"]
    assert ShopSettings.load({**GOOD, "APP_ENV": "test", "CRASH_AT": "order.placed:1"})


def test_production_refuses_what_says_that_it_is_for_development():
    found = problems(
        APP_ENV="production",
        SECRET_KEY="development-only-0123456789-abcdefghi",
        DATABASE_URL="postgresql://shop:development-only@db/shop",
        API_SECRET=STRONG,
    )

    assert found == [
        "DATABASE_URL: is for development only",
        "SECRET_KEY: is for development only",
    ]


def test_production_refuses_a_secret_left_at_its_default():
    assert problems(APP_ENV="production")[0].startswith("API_SECRET: is too weak")


def test_no_environment_named_means_production():
    assert problems(APP_ENV=None, SECRET_KEY="dev", API_SECRET=STRONG)


def test_development_takes_weak_secrets():
    weak = {**GOOD, "APP_ENV": "development", "SECRET_KEY": "dev"}

    assert not Settings.load(weak).is_production


def test_a_problem_never_shows_the_secret():
    found = problems(APP_ENV="production", SECRET_KEY="hunter2hunter2")

    assert "hunter2" not in str(found)


@pytest.mark.parametrize("value", ["mysql://x/y", "sqlite://", "shop.db", ""])
def test_other_databases_are_refused(value):
    assert problems(DATABASE_URL=value)[0].startswith("DATABASE_URL: should be sqlite")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_gets_its_driver_named(scheme):
    environ = {**GOOD, "DATABASE_URL": f"{scheme}://u:p@db:5432/shop"}

    assert Settings.load(environ).database_url == (
        "postgresql+psycopg://u:p@db:5432/shop"
    )


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (config.whole, "-1"),
        (config.whole, "1.0"),
        (config.whole, "१२"),
        (config.retention_days, "21"),
        (config.seconds, "-0.1"),
        (config.seconds, "inf"),
        (config.seconds, "soon"),
        (config.flag, "yes"),
        (config.url, "ftp://x"),
        (config.url, "http://"),
        (config.optional_url, "x"),
    ],
)
def test_a_value_that_is_not_what_it_should_be_is_refused(parse, value):
    with pytest.raises(ValueError, match=r"."):
        parse(value)


def test_an_optional_address_may_be_empty():
    assert config.optional_url("") == ""


def test_the_environment_wins_over_the_services_file_and_that_over_the_roots(
    tmp_path, monkeypatch
):
    package = tmp_path / "tiny-svc" / "src" / "tiny_svc" / "__init__.py"
    package.parent.mkdir(parents=True)
    (tmp_path / ".env").write_text("FROM_ROOT=1\nFROM_FILE=1\nFROM_ENVIRON=1\n")
    (tmp_path / "tiny-svc" / ".env").write_text("FROM_FILE=2\nFROM_ENVIRON=2\n")
    monkeypatch.setenv("FROM_ENVIRON", "3")

    found = config.environment(str(package))

    assert [found[f"FROM_{x}"] for x in ("ROOT", "FILE", "ENVIRON")] == ["1", "2", "3"]


BAD_SIGNS = {
    "zero width space": ("\u200b", "U+200B ZERO WIDTH SPACE"),
    "byte order mark": ("\ufeff", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
    "curly quote": ("\u201c", "U+201C LEFT DOUBLE QUOTATION MARK"),
    "space": (" ", "U+0020 SPACE"),
    "no-break space": ("\u00a0", "U+00A0 NO-BREAK SPACE"),
    "control character": ("\x07", "U+0007 control character"),
    "letter that only looks ASCII": ("\u0410", "U+0410 CYRILLIC CAPITAL LETTER A"),
}


@pytest.mark.parametrize(("sign", "name"), BAD_SIGNS.values(), ids=BAD_SIGNS)
def test_a_secret_that_fits_into_no_header_is_refused_and_not_shown(sign, name):
    secret = STRONG[:6] + sign + STRONG[6:]

    found = problems(SECRET_KEY=secret, API_SECRET=secret)

    wanted = f"printable ASCII characters without spaces; it has {name} at position 7"
    assert found == [
        f"SECRET_KEY: should be {wanted}",
        f"API_SECRET: should be {wanted}",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "https://shop.example\u200b/"),
        ("USER_SVC_URL", "http://user svc:8000"),
        ("DATABASE_URL", "postgresql://shop:pass\u201dword@db/shop"),
        ("AWS_ACCESS_KEY_ID", "AKIA\u200b"),
        ("JWT_ISSUER", "shop\u200b"),
        ("TRUSTED_HOSTS", "shop.example, www.shop\u00ad.example"),
        ("AWS_SECRET_ACCESS_KEY", "key "),
        ("AWS_SESSION_TOKEN", "\u201ctoken\u201d"),
    ],
)
def test_addresses_and_the_queues_credentials_are_checked_too(name, value):
    [found] = problems(**{name: value})

    assert found.startswith(f"{name}: should be printable ASCII")
    assert value not in found


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("name", ["SECRET_KEY", "API_SECRET", "PUBLIC_URL"])
def test_quotes_around_a_value_are_refused(name, quote):
    value = {**GOOD, "API_SECRET": STRONG}[name]

    found = problems(**{name: f"{quote}{value}{quote}"})

    assert found == [f"{name}: should be without quotes around it"]


def test_a_secret_may_contain_a_quote():
    found = Settings.load({**GOOD, "SECRET_KEY": f'"{STRONG}'})

    assert found.secret_key == f'"{STRONG}'


def test_spaces_around_a_value_do_not_belong_to_it_and_a_path_may_have_any_letter():
    found = Settings.load(
        {**GOOD, "SECRET_KEY": f" {STRONG}\n", "DATABASE_URL": "sqlite:///é a.db"}
    )

    assert found.secret_key == STRONG
    assert found.database_url == "sqlite:///é a.db"


@pytest.mark.parametrize(
    "value",
    ["*", "shop.example", "https://shop.example/", "https://Shop.example", "null"],
)
def test_an_origin_is_a_scheme_and_a_host(value):
    [problem] = problems(CORS_ORIGINS=f"https://good.example, {value}")

    assert problem.startswith("CORS_ORIGINS: should be ")


REDIS = "redis://:word@redis:6379/0"


@pytest.mark.parametrize("number", [{"WEB_WORKERS": "2"}, {"API_PROCESSES": "3"}])
def test_in_production_several_processes_count_together(number):
    good = {**GOOD, **number, "API_SECRET": STRONG}

    with pytest.raises(ConfigError, match=r"RATE_LIMIT_STORAGE: .*each of the [23]"):
        ShopSettings.load(good)
    assert ShopSettings.load({**good, "APP_ENV": "development"})
    assert ShopSettings.load({**good, "RATE_LIMIT_STORAGE": REDIS})


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("RATE_LIMIT_STORAGE", "memcached://host", "memory:// or redis://"),
        ("RATE_LIMIT_STORAGE", "redis://pass word@host", "without spaces"),
        ("RATE_LIMIT_ORDER", "many", "20 per minute"),
        ("RATE_LIMIT_ORDER", "", "20 per minute"),
        ("RATE_LIMIT_FACTOR", "0", "from 1"),
        ("PROXY_COUNT", "-1", "from 0"),
    ],
)
def test_limits_are_checked(name, value, hint):
    [problem] = problems(**{name: value})

    assert problem.startswith(f"{name}: ")
    assert hint in problem


@pytest.mark.parametrize(
    ("given", "number"),
    [({}, 0), ({"BEHIND_TLS": "true"}, 1), ({"PROXY_COUNT": "2"}, 2)],
)
def test_tls_needs_a_proxy(given, number):
    assert ShopSettings.load({**GOOD, "API_SECRET": STRONG, **given}).proxies == number

"""A variable is judged by its name and its value together, and a text by its shape."""

import pytest

from config.secret_texts import is_secret_variable, shapes_in

OPAQUE = "q8Zr-x1Vn"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27"


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD", "DB_PASS", "MYSQL_PWD", "jwt_secret", "GITHUB_TOKEN", "STRIPE_API_KEY", "apiKey", "api.key"),
        *("AWS_SECRET_ACCESS_KEY", "SIGNING_KEY", "PRIVATE-KEY", "CREDENTIALS", "PASSPHRASE", "spring.mail.password"),
        *("CLIENT_SECRETS", "ENCRYPTION_KEY", "SESSION_SECRET_1"),
    ],
)
def test_a_name_of_a_secret_with_an_opaque_value_is_one(name: str) -> None:
    assert is_secret_variable(name, OPAQUE)
    assert is_secret_variable(name)
    assert not is_secret_variable(name, ""), "a variable without a value has no secret"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_MIN_LENGTH", "12"),
        ("TOKEN_TTL_SECONDS", "3600"),
        ("TOKEN_TTL", OPAQUE),
        ("MAX_TOKENS", "4096"),
        ("SESSION_TOKEN_LIFETIME", "PT15M"),
        ("TOKEN_ROTATION", "30d"),
        ("PASSWORD_LOGIN", "true"),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes"),
        ("SECRET_NAME", "prod/users"),
        ("CSRF_TOKEN_HEADER", "X-CSRF"),
        ("TOKEN_URL", "https://login.example.com/oauth2/token"),
        ("TOKEN_SOURCE", "https://login.example.com/token"),
        ("POSTGRES_PASSWORD_FILE", "/run/secrets/password"),
        ("TOKEN_FROM", "/run/secrets/token"),
        ("PASSWORD_HASHER", "off"),
        ("APP_SECRET", "arn:aws:secretsmanager:us-east-1:111111111111:secret:users"),
        ("NEXT_PUBLIC_MAPBOX_TOKEN", "pk.eyJ1IjoiYSJ9.x"),
        ("VITE_API_KEY", OPAQUE),
        ("TOKENIZER", "bert-base-uncased"),
        ("SECRETARY", "Ada"),
        ("PASS_THROUGH", OPAQUE),
        ("BYPASS", OPAQUE),
        ("PWD", "/app"),
        ("COMPASS", OPAQUE),
        ("AUTHOR", OPAQUE),
        ("PUBLIC_KEY", OPAQUE),
        ("KEYBOARD", OPAQUE),
    ],
)
def test_what_only_speaks_of_a_secret_is_none(name: str, value: str) -> None:
    assert not is_secret_variable(name, value)


@pytest.mark.parametrize("name", ["ROOT_PASSWORD", "DB_PASS", "db.password"])
def test_a_number_can_be_a_password(name: str) -> None:
    assert is_secret_variable(name, "123456")
    assert not is_secret_variable(name, "12")


def test_a_signed_token_is_a_secret_under_any_name_but_one_of_a_browser() -> None:
    assert is_secret_variable("SESSION", JWT)
    assert not is_secret_variable("NEXT_PUBLIC_ANON", JWT)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("key AKIA" + "A" * 16, "an AWS access key"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc", "a private key"),
        ("ghp_" + "a" * 36, "a GitHub token"),
        ("glpat-" + "a" * 20, "a GitLab token"),
        ("npm_" + "a" * 36, "an npm token"),
        ("xoxb-" + "1" * 12, "a Slack token"),
        ("sk_live_" + "a" * 24, "a Stripe key"),
        ("rk_test_" + "a" * 24, "a Stripe key"),
        (f"SG.{'a' * 22}.{'b' * 43}", "a SendGrid key"),
        ("jdbc:x;password=hunter2hunter2", "a password in clear text"),
        ("postgres://user:p4ss@host/db", "a database address with a password"),
    ],
)
def test_a_text_is_judged_by_its_shape(text: str, shape: str) -> None:
    assert [*shapes_in(text)] == [shape]


@pytest.mark.parametrize("text", ["pk_live_" + "a" * 24, "postgres://host/db", "https://a:$PASS@b", "12 AKIA", "sk_1"])
def test_other_texts_have_no_shape_of_a_secret(text: str) -> None:
    assert [*shapes_in(text)] == []

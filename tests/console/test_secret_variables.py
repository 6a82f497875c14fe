"""A variable is judged by its name and its value together, and a command by its words."""

from __future__ import annotations

import base64
import json

import pytest

from console.secret_variables import is_secret_variable, why_secret, why_secret_words

OPAQUE = "q8Zr-x1Vn"
RANDOM = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27"


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD", "DB_PASS", "MYSQL_PWD", "jwt_secret", "GITHUB_TOKEN", "STRIPE_API_KEY", "apiKey", "api.key"),
        *("AWS_SECRET_ACCESS_KEY", "SIGNING_KEY", "PRIVATE-KEY", "CREDENTIALS", "PASSPHRASE", "spring.mail.password"),
        *("CLIENT_SECRETS", "ENCRYPTION_KEY", "SESSION_SECRET_1", "RAILS_MASTER_KEY", "SMTP_CREDS", "PGPASSWORD"),
        *(
            "npm_config_//registry.npmjs.org/:_authToken",
            "xpack.security.authc.token",
            "passcode",
            "STORAGE_ACCOUNT_KEY",
        ),
        *("ConnectionStrings:DbPassword", "SECRET_KEY_BASE", "ADMIN_PASSWORD_HASH", "PASSWORDS", "TOKEN"),
    ],
)
def test_a_name_of_a_secret_with_an_opaque_value_is_one(name: str) -> None:
    assert why_secret(name, OPAQUE) == "looks like a secret"
    assert is_secret_variable(name, OPAQUE)
    assert is_secret_variable(name)
    assert not is_secret_variable(name, ""), "a variable without a value has no secret"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_MIN_LENGTH", "12"),
        ("passwordMinLength", "12"),
        ("TOKEN_TTL_SECONDS", "3600"),
        ("TOKEN_TTL", "15 minutes"),
        ("JWT_SECRET_ROTATION", "monthly"),
        ("MAX_TOKENS", "4096"),
        ("SESSION_TOKEN_LIFETIME", "PT15M"),
        ("TOKEN_ROTATION", "30d"),
        ("ACCESS_TOKEN_EXPIRES_IN", "86400000"),
        ("PASSWORD_LOGIN", "true"),
        ("PASSWORD_RESET_ENABLED", "yes please"),
        ("PASSWORD_HASHER", "argon2id"),
        ("PASSWORD_POLICY", "strong"),
        ("PASSWORD_REGEX", "^(?=.*[A-Z])(?=.*[0-9]).{12,}$"),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes"),
        ("SECRET_NAME", "prod/users"),
        ("CSRF_TOKEN_HEADER", "X-CSRF"),
        ("API_KEY_HEADER_NAME", "X-Api-Key"),
        ("tokenCookieName", "__Host-token"),
        ("TOKEN_URL", "https://login.example.com/oauth2/token"),
        ("TOKEN_SOURCE", "https://login.example.com/token"),
        ("POSTGRES_PASSWORD_FILE", "/run/secrets/password"),
        ("TOKEN_FROM", "/run/secrets/token"),
        ("PASSWORD_HASH_ROUNDS", "10"),
        ("APP_SECRET", "arn:aws:secretsmanager:us-east-1:111111111111:secret:users"),
        ("DB_PASSWORD", "${OTHER_VARIABLE}"),
        ("DB_PASSWORD", "$(cat /run/secrets/password)"),
        ("NEXT_PUBLIC_MAPBOX_TOKEN", "pk.eyJ1IjoiYSJ9.x"),
        ("NEXT_PUBLIC_ANON", JWT),
        ("NEXT_PUBLIC_KEY", RANDOM),
        ("VITE_API_KEY", OPAQUE),
        ("STRIPE_PUBLISHABLE_KEY", "pk_live_" + "a" * 24),
        ("RECAPTCHA_SITE_KEY", RANDOM),
        ("JWT_PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\\nMIIB"),
        ("VAPID_PUBLIC_KEY", RANDOM),
        ("TOKENIZER", "bert-base-uncased"),
        ("SECRETARY", "office"),
        ("PASS_THROUGH", OPAQUE),
        ("BYPASS", OPAQUE),
        ("PWD", "/app"),
        ("COMPASS", OPAQUE),
        ("AUTHOR", OPAQUE),
        ("PUBLIC_KEY", OPAQUE),
        ("KEYBOARD", OPAQUE),
        ("GIT_COMMIT", "79a59df900b949e55d96a1e698fbaced79a59df9"),
        ("COGNITO_CLIENT_ID", "1h57kf5cpq17m0eml12EXAMPLE"),
        ("ENDPOINT_URL", "https://example.com/path"),
        ("JAVA_OPTS", "-Djava.security.egd=file:/dev/./urandom -Dspring.profiles.active=prod"),
        ("SPRING_APPLICATION_JSON", '{"logging": {"level": "info"}, "server": {"port": 8443}}'),
        ("npm_config_loglevel", "warn"),
        ("discovery.type", "single-node"),
    ],
)
def test_what_only_speaks_of_a_secret_is_none(name: str, value: str) -> None:
    assert why_secret(name, value) is None


@pytest.mark.parametrize("name", ["ROOT_PASSWORD", "DB_PASS", "db.password"])
def test_a_number_can_be_a_password(name: str) -> None:
    assert is_secret_variable(name, "1234")
    assert not is_secret_variable(name, "12")


@pytest.mark.parametrize(("name", "value"), [("API_TOKEN", "123456"), ("CLIENT_SECRET", "87654321")])
def test_a_long_number_can_be_a_token(name: str, value: str) -> None:
    assert is_secret_variable(name, value)


HIDDEN_IN = [
    ("DATABASE", "postgres://user:p4ss@host/db", "an address with a password"),
    ("API_URL", "https://user:p4ss@example.com", "an address with a password"),
    ("CACHE", "redis://:p4ss@host", "an address with a password"),
    ("SESSION", JWT, "a signed token"),
    ("NEXT_PUBLIC_KEY", "sk_live_" + "a" * 24, "a Stripe key"),
    ("AWS_ACCESS_KEY_ID", "AKIA" + "A" * 16, "an AWS access key"),
    ("LOG_LEVEL", base64.b64encode(b"-----BEGIN PRIVATE KEY-----").decode(), "a private key"),
    ("BASIC", base64.b64encode(b"admin:hunter22").decode(), "an encoded user and password"),
]


@pytest.mark.parametrize(("name", "value", "shape"), HIDDEN_IN)
def test_a_shape_is_a_secret_under_any_name(name: str, value: str, shape: str) -> None:
    assert why_secret(name, value) == f"contains {shape}"


@pytest.mark.parametrize("name", ["SESSION_SALT", "LOG_LEVEL", "TOKEN_TTL_SECONDS", "PASSWORD_HEADER", "FEATURES"])
def test_a_long_random_text_is_a_secret_under_a_harmless_name(name: str) -> None:
    assert is_secret_variable(name, RANDOM)


@pytest.mark.parametrize(
    "document",
    [
        {"db": {"password": "hunter"}},
        [{"apiKey": OPAQUE}],
        {"a": [{"url": "redis://:x@y"}]},
        {"a": json.dumps({"token": OPAQUE})},
    ],
)
def test_an_object_is_judged_by_its_own_names(document: object) -> None:
    assert is_secret_variable("SPRING_APPLICATION_JSON", json.dumps(document))


@pytest.mark.parametrize(
    ("words", "index"),
    [
        (["psql", "postgres://user:p4ss@host/db"], 1),
        (["mysql", "--password=hunter"], 1),
        (["mysql", "--password", "hunter"], 2),
        (["node", "server.js", "--api-key", OPAQUE], 3),
        (["sh", "-c", "DB_PASSWORD=hunter node server.js"], 2),
        (["CMD-SHELL", "curl -f --token hunter http://localhost/ || exit 1"], 1),
        (["sh", "-c", "echo 'without its end --password hunter"], 2),
        (["java", "-Dspring.mail.password=hunter", "-jar", "a.jar"], 1),
        (["app", "-secret", RANDOM], 2),
        (["app", RANDOM], 1),
    ],
)
def test_a_word_of_a_command_can_be_a_secret(words: list[str], index: int) -> None:
    assert [found for found, _ in why_secret_words(words)] == [index]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["node", "server.js"],
        ["sh", "-c", 'mysql --password="$DB_PASSWORD" && node server.js --token-file /run/secrets/token'],
        ["app", "--token", "--verbose"],
        ["app", "--no-password", "server"],
        ["app", "--password-min-length", "12", "--token-ttl=3600"],
        ["app", "--password", "$(cat /run/secrets/password)"],
        ["curl", "-f", "https://localhost:8443/health?full=true"],
        ["CMD-SHELL", 'wget -qO- http://localhost:8080/health | grep -q \'"status":"UP"\' || exit 1'],
    ],
)
def test_other_commands_have_no_secret(words: list[str]) -> None:
    assert not [*why_secret_words(words)]


def test_why_never_repeats_a_value() -> None:
    for name, value, _ in HIDDEN_IN:
        assert value not in str(why_secret(name, value))
    assert "hunter" not in str([*why_secret_words(["mysql", "--password", "hunter"])])

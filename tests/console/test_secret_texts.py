"""A text is a secret by its shape, also inside of base64."""

from __future__ import annotations

import base64
import time

import pytest

from console.secret_texts import ENCODED_PAIR, decode, shapes_in, without_shapes

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27"
ADDRESS = "an address with a password"
CLEAR = "a password in clear text"

SECRETS = [
    ("key AKIA" + "A" * 16, "an AWS access key"),
    ("ASIA" + "B2" * 8, "an AWS access key"),
    ("-----BEGIN RSA PRIVATE KEY-----\nabc", "a private key"),
    ("-----BEGIN PRIVATE KEY-----\\nabc", "a private key"),
    ("-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"),
    ("-----BEGIN ENCRYPTED PRIVATE KEY-----", "a private key"),
    ("-----BEGIN PGP PRIVATE KEY BLOCK-----", "a private key"),
    ("ghp_" + "a" * 36, "a GitHub token"),
    ("github_pat_" + "a" * 22, "a GitHub token"),
    ("glpat-" + "a" * 20, "a GitLab token"),
    ("npm_" + "a" * 36, "an npm token"),
    ("pypi-AgEI" + "a" * 30, "a PyPI token"),
    ("dckr_pat_" + "a" * 27, "a Docker Hub token"),
    ("xoxb-" + "1" * 12, "a Slack token"),
    ("xapp-1-" + "A" * 12, "a Slack token"),
    ("https://hooks.slack.com/services/" + "T0/B0/" + "x" * 24, "the address of a webhook with its token"),
    ("sk_live_" + "a" * 24, "a Stripe key"),
    ("rk_test_" + "a" * 24, "a Stripe key"),
    ("whsec_" + "a" * 32, "a Stripe key"),
    (f"SG.{'a' * 22}.{'b' * 43}", "a SendGrid key"),
    ("sk-ant-" + "a" * 30, "a key of a language model"),
    ("hvs." + "a" * 30, "a Vault token"),
    ("AccountName=a;AccountKey=" + "a" * 86 + "==", "a key of an Azure account"),
    ("Authorization: Basic YWRtaW46aHVudGVyMg==", "an Authorization header"),
    ("Bearer Abcdefgh1234567890", "an Authorization header"),
    ("x;password=hunter2hunter2", CLEAR),
    ("jdbc:postgresql://db/x?user=a&password=b", CLEAR),
    ("Server=x;User Id=y;Pwd=Abc;", CLEAR),
    ("aws_secret_access_key = wJalr4567890", CLEAR),
    ("postgres://user:p4ss@host/db", ADDRESS),
    ("redis://:p4ss@cache:6379", ADDRESS),
    ("POSTGRES://user:pa$word@host", ADDRESS),
    ("mongodb+srv://u:a/b@c.example.com", ADDRESS),
    ("https://user:p4ss@example.com/x", ADDRESS),
    ("amqps://a:b@c,amqps://d", ADDRESS),
    (JWT, "a signed token"),
    ("AIza" + "a" * 35, "a Google key"),
]


@pytest.mark.parametrize(("text", "shape"), SECRETS)
def test_a_text_is_judged_by_its_shape(text: str, shape: str) -> None:
    assert shape in {*shapes_in(text)}
    assert shape in {*shapes_in(f"before {text} after")}


@pytest.mark.parametrize(("text", "shape"), SECRETS)
def test_an_encoded_text_is_opened(text: str, shape: str) -> None:
    once = base64.b64encode(f"config: {text}".encode()).decode()
    assert shape in {*shapes_in(once)}
    assert shape in {*shapes_in(base64.b64encode(once.encode()).decode())}
    assert shape in {*shapes_in(base64.urlsafe_b64encode(f"config: {text}".encode()).decode().rstrip("="))}


def test_an_encoded_pair_is_that_of_basic_authentication() -> None:
    assert [*shapes_in(base64.b64encode(b"admin:hunter22").decode())] == [ENCODED_PAIR]
    for harmless in (b"https://example.com/", b"localhost:5432", b'{"level":"info"}'):
        assert not [*shapes_in(base64.b64encode(harmless).decode())]


@pytest.mark.parametrize(
    "text",
    [
        "pk_live_" + "a" * 24,
        "postgres://host/db",
        "postgres://user@host/db",
        "postgres://user:${PASSWORD}@host",
        "postgres://user:$PASSWORD@host",
        "postgres://user:<password>@host",
        "postgres://user:{{ password }}@host",
        "https://a:%(password)s@b",
        "https://a:****@b",
        "https://example.com:8443/@scope/name",
        "https://example.com/a:b@c",
        "12 AKIA",
        "sk_1",
        "?password=$PASSWORD",
        "basic authentication",
        "Bearer token",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "a@example.com",
    ],
)
def test_other_texts_have_no_shape_of_a_secret(text: str) -> None:
    assert not [*shapes_in(text)]


def test_what_is_sent_to_browsers_may_be_signed_but_not_be_private() -> None:
    assert not [*shapes_in(JWT, is_public=True)]
    assert [*shapes_in("sk_live_" + "a" * 24, is_public=True)] == ["a Stripe key"]


@pytest.mark.parametrize("piece", ["-", "a", "a-", "a://", "password=", "a://b:", "bearer ", "eyJ", "${", "AAAA/+"])
def test_the_longest_text_of_a_task_is_judged_in_a_moment(piece: str) -> None:
    """Time must not grow with the square of the length, as it does where a pattern looks for an end at each place."""
    begin = time.process_time()
    assert {*shapes_in(piece * (65_536 // len(piece)))} <= {CLEAR}
    assert time.process_time() - begin < 5, "seconds; a square is minutes"


def test_only_text_is_decoded() -> None:
    assert decode("aGVsbG8gd29ybGQ=") == "hello world"
    assert decode("aGVsbG8gd29ybGQ") == "hello world"
    assert decode("////////") is None
    assert decode("abcde") is None


def test_a_mask_takes_the_place_of_the_secret_alone() -> None:
    assert without_shapes(f"a {JWT} b", "(x)") == "a (x) b"
    key = "-----BEGIN PRIVATE KEY-----\nMIIE\nabc=\n-----END PRIVATE KEY-----"
    assert "MIIE" not in without_shapes(key, "(x)")

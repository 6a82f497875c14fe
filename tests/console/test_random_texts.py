"""A long text without words looks like a secret; what is long for another reason does not."""

from __future__ import annotations

import base64
import random
import re
import string
from typing import Final

import pytest

from console.random_texts import is_random
from tests.fixtures import FOLDER

ALPHABETS: Final = {
    "letters-and-digits": string.ascii_letters + string.digits,
    "base64": string.ascii_letters + string.digits + "+/",
    "base64url": string.ascii_letters + string.digits + "-_",
    "lowercase": string.ascii_lowercase + string.digits,
    "hexadecimal": string.hexdigits[:16],
}


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
@pytest.mark.parametrize("length", [32, 40, 64])
def test_nearly_all_texts_of_a_generator_are_found(alphabet: str, length: int) -> None:
    chance = random.Random(length)  # noqa: S311 (the same texts in each run)
    texts = ["".join(chance.choices(alphabet, k=length)) for _ in range(400)]
    assert sum(map(is_random, texts)) >= 0.93 * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "key: 79a59df900b949e55d96a1e698fbaced",
        "https://example.com/?sig=79a59df900b949e55d96a1e698fbaced",
        base64.b64encode(b"value=79a59df900b949e55d96a1e698fbaced").decode(),
    ],
)
def test_one_part_of_a_text_is_enough(text: str) -> None:
    assert is_random(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 64,
        "0" * 64,
        "1234567890" * 4,
        "0123456789abcdef" * 1,
        "com.example.users.ApplicationConfigurationProvider",
        "MyApplicationConfigurationProviderV2",
        "user-management-production-eu-central-1-backend-v2",
        "THIS_IS_A_LONG_CONSTANT_OF_VERSION_2",
        "-Xms512m -Xmx1024m -XX:MaxRAMPercentage=75.0 -Djava.security.egd=file:/dev/./urandom",
        "2026-11-27T15:04:05.123456789Z,2026-11-28T15:04:05.123456789Z",
        "8f14e45f-ceea-467f-a0e6-7d1c0b1a2c3d",
        "arn:aws:kms:us-east-1:111111111111:key/8f14e45fceea467fa0e67d1c0b1a2c3d",
        "https://o1.ingest.example.com/79a59df900b949e55d96a1e698fbaced/x",
        "image@sha256:79a59df900b949e55d96a1e698fbaced79a59df900b949e55d96a1e698fbaced",
        "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC",
        "db.c1a2b3c4d5e6f7a8b9c0d1e2f3.us-east-1.rds.amazonaws.com",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8qk1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "/usr/lib/x86_64-linux-gnu/libjemalloc.so.2",
        base64.b64encode(b'{"level": "info", "format": "json", "colour": false}').decode(),
        "[%date{ISO8601}] %level [%logger{36}] %msg%n",
    ],
)
def test_long_texts_of_other_kinds_are_harmless(text: str) -> None:
    assert not is_random(text)


def test_no_text_of_these_environments_is_random() -> None:
    words = {word for file in FOLDER.glob("*.toml") for word in re.split(r"[\s\"]+", file.read_text(encoding="utf-8"))}
    assert len(words) > 500
    assert not [word for word in words if is_random(word)]

from __future__ import annotations

import pytest

from build_steps import registry
from build_steps.commands import StepError
from build_steps.registry import Repository


@pytest.mark.parametrize("url", ["backend", "docker.io/library/nginx", "12.dkr.ecr.us-east-1.amazonaws.com/x"])
def test_a_repository_that_is_not_ecrs_is_reported(url: str) -> None:
    with pytest.raises(StepError, match=r"is not a valid repository; it must be like 123456789012\.dkr\.ecr\."):
        Repository.parse(url)


def test_a_repository_is_read() -> None:
    found = Repository.parse("123456789012.dkr.ecr.eu-west-1.amazonaws.com/user-management/back_end")
    assert (found.account, found.region, found.name) == ("123456789012", "eu-west-1", "user-management/back_end")


@pytest.mark.parametrize("text", ["", "sha256:1", f"sha256:{'A' * 64}", f"sha256:{'a' * 64}\n"])
def test_a_digest_that_is_not_valid_is_reported(text: str) -> None:
    with pytest.raises(StepError, match="is not a valid digest"):
        registry.valid_digest(text)

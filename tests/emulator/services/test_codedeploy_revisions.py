"""The text of a revision is asked for by its hash, and deploys the same version again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.releases import APP, Platform, appspec, failure, fast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client


@pytest.fixture(autouse=True)
def quarter_seconds() -> Iterator[None]:
    """A minute of a deployment takes a quarter of a second."""
    with fast(0.25):
        yield


@pytest.fixture
def platform(client: Client) -> Platform:
    made = Platform(client)
    made.make_group()
    return made


def revision_of(platform: Platform, hashed: dict[str, Any]) -> Any:
    return platform.codedeploy.get_application_revision(applicationName=APP, revision=hashed)["revision"]


def test_a_deployment_has_no_text_and_its_revision_has(platform: Platform) -> None:
    second = platform.register("web:2")
    hashed = platform.wait(platform.deploy(second))["revision"]
    assert set(hashed["appSpecContent"]) == {"sha256"}
    assert revision_of(platform, hashed)["appSpecContent"]["content"] == appspec(second)


def test_a_hash_alone_cannot_be_deployed_and_the_revision_can(platform: Platform) -> None:
    second = platform.register("web:2")
    hashed = platform.wait(platform.deploy(second))["revision"]
    assert failure(platform, platform.deploy(second, revision=hashed))[1] == "INVALID_REVISION"
    again = platform.wait(platform.deploy(second, revision=revision_of(platform, hashed)))
    assert (again["status"], again["revision"]) == ("Succeeded", hashed)
    assert platform.service()["taskDefinition"] == second


def test_a_revision_that_was_never_deployed_does_not_exist(platform: Platform) -> None:
    unknown = {"revisionType": "AppSpecContent", "appSpecContent": {"sha256": "0" * 64}}
    with pytest.raises(ClientError, match="RevisionDoesNotExistException"):
        revision_of(platform, unknown)

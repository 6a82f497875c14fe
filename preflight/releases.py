"""Whether the second region has the release that its services start with, and whether that is what runs at home."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NetworkError

from compliance.references import referred
from preflight.account import unless_missing
from preflight.check import Check
from preflight.line import Line, ok, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.account import Account
    from preflight.platform import Placed, Platform

_REPOSITORY: Final = "aws_ecr_repository"
_SERVICE: Final = "aws_ecs_service"
_RELEASE: Final = "release-"
"""The start of the tags that the pipeline gives to the images that it deploys."""
_TABLE: Final = "[recovery.standby]"


@dataclass(frozen=True)
class Standby:
    """What a service of the second region starts with."""

    region: str
    service: str
    cluster: str
    repository: str
    """The name of the repository, which is the same in both regions."""
    tag: str

    @property
    def subject(self) -> str:
        """What the report calls it."""
        return f"release of {self.service}, {self.region}"


@dataclass(frozen=True)
class _Image:
    """An image in a repository."""

    digest: str
    tags: tuple[str, ...]
    pushed: Any
    """When it was pushed, with a time zone."""

    @property
    def release(self) -> str | None:
        """The tag of its release; None if no pipeline has released it."""
        return next((tag for tag in self.tags if tag.startswith(_RELEASE)), None)


def checks(platform: Platform, account: Account) -> Iterator[Check]:
    """A check for each service of the second region that starts with a release."""
    for standby in standbys(platform):
        yield Check(standby.subject, partial(_lines, standby, platform, account))


def standbys(platform: Platform) -> list[Standby]:
    """The services outside of the environment's own region that Terraform starts with an image of a repository."""
    placed = [one for one in platform.all(_SERVICE) if one.region != platform.home_region]
    return [found for one in placed if (found := _standby(platform, one))]


def _standby(platform: Platform, placed: Placed) -> Standby | None:
    stack = placed.stack
    for owner, task in referred(placed.resource.get("task_definition"), stack, platform.stacks):
        image = str(json.loads(task.get("container_definitions"))[0].get("image"))
        repositories = [one for _, one in referred(image, owner, platform.stacks) if one.kind == _REPOSITORY]
        clusters = [one for _, one in referred(placed.resource.get("cluster"), stack, platform.stacks)]
        if repositories and clusters:
            return Standby(
                region=placed.region,
                service=str(placed.resource.get("name")),
                cluster=str(clusters[0].get("name")),
                repository=str(repositories[0].get("name")),
                tag=image.rpartition(":")[2],
            )
    return None


def _lines(standby: Standby, platform: Platform, account: Account) -> Iterator[Line]:
    subject, tag, home = standby.subject, standby.tag, platform.home_region
    client = account.client("ecr", standby.region)
    answer = unless_missing(
        lambda: client.describe_repositories(repositoryNames=[standby.repository]), "RepositoryNotFoundException"
    )
    if answer is None:
        fix = "The first apply makes it. The registry copies what is released after that: set release to such a tag."
        yield warning(subject, f"the repository {standby.repository} is not in {standby.region} yet", fix)
        return
    if _image(account, standby.region, standby.repository, {"imageTag": tag}) is None:
        fix = (
            f"In {platform.file}, {_TABLE}, set release to a tag that is there: aws ecr describe-images --region "
            f"{standby.region} --repository-name {standby.repository} --query 'imageDetails[].imageTags[]'"
        )
        yield problem(subject, f"{tag} is not in the repository {standby.repository} of {standby.region}", fix)
        return
    try:
        running = _running(standby, account, home)
        own = _image(account, home, standby.repository, {"imageTag": tag}) if running else None
    except (ClientError, HTTPClientError, NetworkError) as error:
        if not _is_unanswered(error):
            raise
        yield ok(subject, f"{tag} is there; {home} does not answer, so it is not known whether that runs there")
        return
    yield _compared(standby, platform, running, own)


def _compared(standby: Standby, platform: Platform, running: _Image | None, own: _Image | None) -> Line:
    subject, tag, home = standby.subject, standby.tag, platform.home_region
    if running is None:
        return ok(subject, f"{tag} is there; no release runs in {home}")
    if tag in running.tags:
        return ok(subject, f"{tag} is there, and runs in {home}")
    name = running.release or running.digest
    if own is None:
        found = f"{tag} is no longer in {home}, where {name} runs"
    else:
        age = "older" if own.pushed < running.pushed else "newer"
        found = f"{tag} is {age} than {name}, which runs in {home}"
    if running.release:
        fix = f'In {platform.file}, {_TABLE}, set release = "{name}", and apply {standby.region}.'
    else:
        fix = f"Give that image a tag {_RELEASE}.., set release to it in {platform.file}, {_TABLE}, and apply."
    return warning(subject, found, f"{fix} Until then users would get another release from there.")


def _running(standby: Standby, account: Account, region: str) -> _Image | None:
    """What a service runs in the environment's own region; None if there is none, or it still runs the placeholder."""
    client = account.client("ecs", region)
    answer = unless_missing(
        lambda: client.describe_services(cluster=standby.cluster, services=[standby.service]),
        "ClusterNotFoundException",
    )
    services = [one for one in (answer or {}).get("services", ()) if one["status"] == "ACTIVE"]
    if not services:
        return None
    # CodeDeploy starts a set of tasks for each release, and the service itself keeps the definition of the first one.
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskSet.html
    sets = [one["taskDefinition"] for one in services[0].get("taskSets") or () if one["status"] == "PRIMARY"]
    definition = (sets or [services[0]["taskDefinition"]])[0]
    task = client.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    place, _, digest = str(task["containerDefinitions"][0]["image"]).partition("@")
    name, _, tag = place.partition("/")[2].partition(":")
    if name != standby.repository:
        return None
    return _image(account, region, name, {"imageDigest": digest} if digest else {"imageTag": tag})


def _image(account: Account, region: str, repository: str, identifier: dict[str, str]) -> _Image | None:
    """An image of a repository; None if it is not there."""
    client = account.client("ecr", region)
    answer = unless_missing(
        lambda: client.describe_images(repositoryName=repository, imageIds=[identifier]),
        "ImageNotFoundException",
        "RepositoryNotFoundException",
    )
    if answer is None:
        return None
    (found,) = answer["imageDetails"]
    return _Image(found["imageDigest"], tuple(sorted(found.get("imageTags", ()))), found["imagePushedAt"])


def _is_unanswered(error: ClientError | HTTPClientError | NetworkError) -> bool:
    """Whether the region does not answer; a refusal is an answer."""
    if not isinstance(error, ClientError):
        return True
    status: int | None = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status == HTTPStatus.SERVICE_UNAVAILABLE

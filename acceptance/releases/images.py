"""Which images an environment's services run, which ones were tested, and what its registry keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from acceptance.releases.application import TESTED
from acceptance.releases.expiry import StoredImage, after_further_builds, expired
from config.names import NameLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import boto3

    from config.environment import Environment

FURTHER_BUILDS: Final = 50
_YEARS: Final = timedelta(days=3 * 365)
_RELEASE: Final = "release-"


def running_images(environment: Environment, session: boto3.Session) -> dict[str, set[str]]:
    """The images of the application's container in every task set of each service; one that ECS deploys has one."""
    ecs = session.client("ecs")
    cluster = environment.names.name("cluster", limit=NameLimit.ECS)
    names = {environment.names.name(name, limit=NameLimit.ECS): name for name in environment.services}
    found: dict[str, set[str]] = {}
    for service in ecs.describe_services(cluster=cluster, services=list(names))["services"]:
        revisions = [one["taskDefinition"] for one in service.get("taskSets") or ()] or [service["taskDefinition"]]
        found[names[service["serviceName"]]] = {
            ecs.describe_task_definition(taskDefinition=revision)["taskDefinition"]["containerDefinitions"][0]["image"]
            for revision in revisions
        }
    return found


def tested_images(environment: Environment, session: boto3.Session) -> dict[str, str]:
    """What the newest run of the integration test has said that it got, by service."""
    logs = session.client("logs")
    group = f"/aws/codebuild/{environment.names.name('integration-tests', limit=NameLimit.CODEBUILD)}"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    newest = max(streams, key=lambda stream: int(stream.get("creationTime") or 0))["logStreamName"]
    events = logs.get_log_events(logGroupName=group, logStreamName=newest, startFromHead=True)["events"]
    said = dict(
        event["message"].strip().removeprefix(TESTED).split(" ", 1)
        for event in events
        if event["message"].startswith(TESTED)
    )
    variables = {name.upper().replace("-", "_"): name for name in environment.services}
    return {variables[name]: image for name, image in said.items() if name in variables}


def digest_of(image: str) -> str:
    """The digest of an image that is named by it; nothing otherwise."""
    return image.partition("@")[2]


def digest_problems(running: Mapping[str, set[str]], wanted: Mapping[str, str], *, what: str) -> Iterator[str]:
    """Services that run anything but exactly the wanted digests."""
    for service, images in running.items():
        if service not in wanted:
            yield f"{service} was not {what}"
        elif {digest_of(image) for image in images} != {digest_of(wanted[service])}:
            yield f"{service} runs {', '.join(sorted(images))}, and {wanted[service]} was {what}"


def stored_images(repository: str, session: boto3.Session) -> list[StoredImage]:
    """All images of a repository."""
    pages = session.client("ecr").get_paginator("describe_images").paginate(repositoryName=repository)
    return [
        StoredImage(digest=one["imageDigest"], tags=tuple(one.get("imageTags") or ()), pushed=_utc(one))
        for page in pages
        for one in page["imageDetails"]
    ]


def registry_problems(
    environment: Environment, session: boto3.Session, running: Mapping[str, set[str]]
) -> Iterator[str]:
    """Images that run without the tag of a release, or that the registry's own policy expires some day."""
    ecr = session.client("ecr")
    for service, images in running.items():
        repository = f"{environment.repository_prefix}-{service}"
        stored = stored_images(repository, session)
        policy = ecr.get_lifecycle_policy(repositoryName=repository)["lifecyclePolicyText"]
        now = datetime.now(UTC)
        for digest in {digest_of(image) for image in images}:
            tags = [tag for image in stored if image.digest == digest for tag in image.tags]
            if not any(tag.startswith(_RELEASE) for tag in tags):
                yield f"{repository} has {digest} with the tags {', '.join(tags) or 'none'}, and not as a release"
            later = after_further_builds(stored, builds=FURTHER_BUILDS, now=now)
            if digest in expired(policy, later, now=now + _YEARS):
                yield f"the lifecycle policy of {repository} expires {digest}, which runs"


def _utc(image: Mapping[str, Any]) -> datetime:
    pushed: datetime = image["imagePushedAt"]
    return pushed.astimezone(UTC)

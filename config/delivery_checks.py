"""What [delivery] needs of other tables, and of the environment whose releases it takes over."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from config.delivery import AssetsSettings, DeliverySettings, MigrationsSettings
from config.errors import Problem, list_allowed, nearest
from config.load_test import check_load_paths, check_load_rate, check_load_test
from config.model import Check
from config.release_window import check_release_window
from config.services import ServiceSettings
from config.sleep import SleepSettings
from config.updates import check_rebuild_time

MOST_SERVICES: Final = 5
"""The most input artifacts of a build, and so the most services of a release.

https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-action-artifacts.html
"""
WEEK_OF_BUILDS: Final = 30
"""Builds that stay while a release waits for a week: six pushes on each working day."""
WEEKEND_OF_BUILDS: Final = 20
_BUILT: Final = 4
"""Beside the source, in the action of the integration tests."""
CONNECTION_REGIONS: Final = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)
"""The regions that have CodeConnections, without which a pipeline cannot read GitHub.

https://docs.aws.amazon.com/general/latest/gr/codeconnections.html
"""
WITHOUT_PIPELINES: Final = ("ap-southeast-7", "ca-west-1", "mx-central-1")
"""The regions that do not have both CodePipeline and CodeBuild.

https://docs.aws.amazon.com/general/latest/gr/codepipeline.html
https://docs.aws.amazon.com/general/latest/gr/codebuild.html
"""
BUILD_ENDPOINTS: Final = ("ecr.api", "ecr.dkr", "logs", "ssm")


def _check_receivers(delivery: object, delivery__approval: bool | None, notifications: object) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if delivery is None or notifications is not None:
        return
    yield Problem(
        key="delivery.approval" if delivery__approval else "delivery",
        allowed="needs topics for its messages; add [notifications.critical] and [notifications.warning], each "
        "with emails = [...]" + (", or set approval = false" if delivery__approval else ""),
    )


def _check_services(delivery: DeliverySettings | None, services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    if delivery is None:
        return
    most = _BUILT if delivery.builds else MOST_SERVICES
    if len(services) > most:
        yield Problem(
            key="delivery",
            allowed=f"must have {most} or fewer services, because an action of CodePipeline takes {MOST_SERVICES} "
            f"artifacts{', one of them the source' if delivery.builds else ''}, and there are {len(services)}; "
            "remove services or the table",
        )
    for name, service in services.items():
        if service.architecture != "ARM64":
            yield Problem(
                key=f"services.{name}.architecture",
                value=service.architecture,
                allowed='must be "ARM64" with [delivery]: its builds make images for ARM64 only',
            )


def _check_named_services(
    delivery__migrations: MigrationsSettings | None,
    delivery__assets: AssetsSettings | None,
    services: Mapping[str, object],
) -> Iterator[Problem]:
    for key, table in (("migrations", delivery__migrations), ("assets", delivery__assets)):
        if table is not None and table.service not in services:
            allowed = list_allowed(sorted(services), meant=nearest(table.service, sorted(services)))
            yield Problem(key=f"delivery.{key}.service", value=table.service, allowed=f"is not a service; {allowed}")


def _check_databases(delivery__migrations: object, postgres: object, documentdb: object) -> Iterator[Problem]:
    if delivery__migrations is not None and postgres is None and documentdb is None:
        yield Problem(
            key="delivery.migrations",
            allowed="has no database to change; add [postgres] or [documentdb], or remove the table",
        )


def _check_assets_have_bucket(delivery__assets: object, edge: object) -> Iterator[Problem]:
    if delivery__assets is not None and edge is None:
        yield Problem(key="delivery.assets", allowed="has no bucket to copy to; add [edge], or remove the table")


def _check_connection(account_id: str, region: str, delivery__connection_arn: str | None) -> Iterator[Problem]:
    if delivery__connection_arn is None:
        return
    _, _, _, its_region, its_account, *_ = delivery__connection_arn.split(":")
    for what, its, own in (("region", its_region, region), ("account", its_account, account_id)):
        if its != own:
            yield Problem(
                key="delivery.connection_arn",
                value=delivery__connection_arn,
                allowed=f'is in the {what} "{its}", and the pipeline is in "{own}"; use a connection of that {what}, '
                "or remove the line: then one is created",
            )


def _check_connection_region(region: str, delivery__repository: str | None) -> Iterator[Problem]:
    if delivery__repository is None or region in CONNECTION_REGIONS:
        return
    others = [one for one in CONNECTION_REGIONS if one.partition("-")[0] == region.partition("-")[0]]
    yield Problem(
        key="delivery.repository",
        value=delivery__repository,
        allowed=f'cannot be read in the region "{region}", in which AWS has no CodeConnections; move the environment '
        f"to a region that has it, like {', '.join(others or CONNECTION_REGIONS)}, or remove [delivery] and deploy "
        "with another tool",
    )


def _check_pipeline_region(region: str, delivery: object, delivery__repository: str | None) -> Iterator[Problem]:
    """A pipeline that reads a repository is refused for that already."""
    if delivery is not None and delivery__repository is None and region in WITHOUT_PIPELINES:
        yield Problem(
            key="delivery",
            allowed=f'cannot be in the region "{region}", in which AWS does not have both CodePipeline and CodeBuild; '
            "move the environment to another region, or remove [delivery] and deploy with another tool",
        )


def _check_network(
    delivery: DeliverySettings | None,
    edge: object,
    network__nat_gateways: str,
    network__interface_endpoints: Sequence[str],
) -> Iterator[Problem]:
    if delivery is None or network__nat_gateways != "none":
        return
    if delivery.builds:
        yield Problem(
            key="network.nat_gateways",
            value=network__nat_gateways,
            allowed="without NAT gateways a build cannot reach base images and packages; "
            'use "single" or "per_zone", or take over releases of another environment (release_from)',
        )
        return
    if delivery.assets is not None and edge is not None:
        yield Problem(
            key="network.nat_gateways",
            value=network__nat_gateways,
            allowed="without NAT gateways a build cannot reach CloudFront, which has no endpoint; "
            'use "single" or "per_zone", or remove [delivery.assets]',
        )
    if missing := [one for one in BUILD_ENDPOINTS if one not in network__interface_endpoints]:
        yield Problem(
            key="network.interface_endpoints",
            value=tuple(network__interface_endpoints),
            allowed=f"without NAT gateways the builds of [delivery] cannot reach AWS; add {', '.join(missing)}",
        )


def _check_release_window(delivery: DeliverySettings | None, cost__sleep: SleepSettings | None) -> Iterator[Problem]:
    if delivery is not None:
        yield from check_release_window(delivery.freeze, cost__sleep)


def _check_kept_builds(
    delivery: DeliverySettings | None, cost__sleep: object, registry__keep_builds: int
) -> Iterator[Problem]:
    """An image gets the tag that keeps it only when its release goes on, and each push in the meantime is a build."""
    if delivery is None or not delivery.builds:
        return
    for waits, least, what in (
        (delivery.approval, WEEK_OF_BUILDS, "its approval (delivery.approval)"),
        (delivery.freeze, WEEK_OF_BUILDS, "the end of a freeze ([delivery.freeze])"),
        (cost__sleep, WEEKEND_OF_BUILDS, "the hours in which the environment is awake ([cost.sleep])"),
    ):
        if waits and registry__keep_builds < least:
            yield Problem(
                key="registry.keep_builds",
                value=registry__keep_builds,
                allowed=f"must be {least} or more: a release waits for {what}, and the images of those pushed in the "
                "meantime would delete its own",
            )
            return


def _check_rebuild_time(delivery: DeliverySettings | None, cost__sleep: SleepSettings | None) -> Iterator[Problem]:
    if delivery is not None and delivery.builds:
        yield from check_rebuild_time(delivery.updates, delivery.freeze, cost__sleep)


def check_release_source(
    own: DeliverySettings, *, name: str, names: Sequence[str], other: Mapping[str, object] | None
) -> Iterator[Problem]:
    """The problems with the environment whose releases `name` takes over.

    Args:
        own: Its table.
        name: The environment.
        names: All environments that have a file.
        other: The other environment's table [delivery]; None if it has none.
    """
    source = own.release_from
    if source is None:
        return
    key = "delivery.release_from"
    if source == name:
        yield Problem(key=key, value=source, allowed="is this environment itself; name another one, or set repository")
    elif source not in names:
        others = [one for one in names if one != name]
        allowed = list_allowed(others, meant=nearest(source, others))
        yield Problem(key=key, value=source, allowed=f"is not an environment; {allowed}")
    elif other is None:
        yield Problem(
            key=key,
            value=source,
            allowed=f"has no pipeline, so it finishes no releases; add [delivery] to {source}.toml, or name another",
        )
    elif other.get("release_from") is not None:
        yield Problem(
            key=key,
            value=source,
            allowed=f'only takes over releases itself; name the one that builds them, "{other["release_from"]}"',
        )


def source_region_problem(source: str, *, there: str, own: str) -> Problem:
    """The releases of an environment are in the region `there`, and the pipeline that would read them is not.

    A source action must be in the region of its pipeline, and the bucket of an action of S3 in that of the action.
    https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-create-cross-region.html
    https://github.com/aws/aws-cdk/pull/4303
    """
    return Problem(
        key="delivery.release_from",
        value=source,
        allowed=f'is in the region "{there}", and this environment is in "{own}": CodePipeline reads a source in its '
        "own region only; name an environment of the same region, or set repository",
    )


DELIVERY_CHECKS: Final[tuple[Check, ...]] = (
    _check_receivers,
    check_load_test,
    check_load_paths,
    check_load_rate,
    _check_services,
    _check_named_services,
    _check_databases,
    _check_assets_have_bucket,
    _check_connection,
    _check_connection_region,
    _check_pipeline_region,
    _check_network,
    _check_release_window,
    _check_rebuild_time,
    _check_kept_builds,
)

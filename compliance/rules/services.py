"""The services: their tasks start, may write where they must, and are seen when they do not answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from compliance.credentials import Stored
from compliance.graph import Graph
from compliance.image_expiry import selects
from compliance.packages import packaged_texts
from compliance.references import of_same_environment
from compliance.rule import Finding, rule, rule_with_others
from compliance.task_definitions import task_definitions, tmpfs_mounts
from config.deployment import UPDATABLE_WITH_CODEDEPLOY
from synthesis.template import blocks, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance.graph import Node
    from synthesis.manifest import Stack
    from synthesis.template import Resource

_USER: Final = re.compile(r"(?P<uid>\d+)(:(?P<gid>\d+))?", re.ASCII)
_PIPELINE_IMAGE: Final = re.compile(r"<\w+>")
_IMAGE: Final = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^:@]+)")
_ABSENCE_METRICS: Final = frozenset({"HealthyHostCount", "UnHealthyHostCount"})
_OWN_ERROR_METRICS: Final = frozenset(
    {f"HTTPCode_ELB_{code}_Count" for code in ("5XX", "500", "502", "503", "504")},
)
_RELEASE: Final = "release-1"
"""A tag that a pipeline adds to an image that it deploys; the image also has the tag of its build."""
_BUILD: Final = "build-1"
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html (images per repository)
_MOST_IMAGES: Final = 100_000
_NOT_UPDATED: Final = frozenset(
    # Replace the service; the second line is Terraform's own, and the tags have an operation of their own.
    {"cluster", "deployment_controller", "iam_role", "launch_type", "name", "scheduling_strategy"}
    | {"//", "depends_on", "force_delete", "lifecycle", "provider", "tags", "timeouts", "wait_for_steady_state"}
)
_AT_CREATION: Final = {"availability_zone_rebalancing": "DISABLED"}
"""Accepted only with this value, which a service with CodeDeploy must have from the start."""
_DATABASE_ADDRESS: Final = re.compile(r"/(postgres|documentdb)/([\w-]+/)?(url|host|reader-hosts)$")
_URLS: Final = {"postgresql://": "sslrootcert=", "postgres://": "sslrootcert=", "mongodb://": "tlsCAFile="}


@rule
def tmpfs_belongs_to_the_user(stack: Stack) -> Iterator[Finding]:
    """A folder in memory belongs to the user of its container: by default it is root's, who no container is."""
    for task, containers in task_definitions(stack):
        for container in containers:
            user = _USER.fullmatch(str(container.get("user") or ""))
            for mount in tmpfs_mounts(container):
                where = f"{container.get('name')} mounts {mount.get('containerPath')}"
                options = mount.get("mountOptions") or []
                if not user:
                    yield Finding.about(task, f"{where}, and its user is not a number, so the folder has no owner")
                elif f"uid={user['uid']}" not in options or not any(one.startswith("gid=") for one in options):
                    yield Finding.about(task, f"{where} without uid={user['uid']} and a gid")
                elif user["gid"] and f"gid={user['gid']}" not in options:
                    yield Finding.about(task, f"{where} without gid={user['gid']}")


@rule_with_others
def image_is_in_the_own_registry(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """Images come from the account's registry, by digest or by a tag that cannot be moved."""
    environment = of_same_environment(stack, stacks)
    graph = Graph(environment)
    immutable = {
        repository.get("name")
        for other in environment
        for repository in other.all("aws_ecr_repository")
        if repository.get("image_tag_mutability") == "IMMUTABLE"
    }
    accounts = {str(account) for provider in stack.providers for account in provider.get("allowed_account_ids") or ()}
    for task, containers in task_definitions(stack):
        for container in containers:
            image = str(container.get("image"))
            if _PIPELINE_IMAGE.fullmatch(image):
                continue
            if named := _repository(image, stack, graph):
                if named.get("image_tag_mutability") != "IMMUTABLE":
                    yield Finding.about(task, f"{container.get('name')}: {named.place} has tags that can be moved")
                continue
            found = _IMAGE.match(image)
            if not found or found["region"] != stack.region or (accounts and found["account"] not in accounts):
                yield Finding.about(task, f"{container.get('name')}: {image} is not in the account's registry")
            elif "@sha256:" not in image and found["name"] not in immutable:
                yield Finding.about(task, f"{container.get('name')}: {image} has a tag that can be moved")


def _repository(image: str, stack: Stack, graph: Graph) -> Node | None:
    """The repository that an image refers to, if it is in the region of the tasks."""
    reference, _, _ = image.partition("}:")
    found = graph.follow(stack, f"{reference}}}", "aws_ecr_repository") if image.startswith("${") else []
    return next((node for node in found if node.stack.region_of(node.resource) == stack.region), None)


@rule
def sidecar_memory_is_bounded(stack: Stack) -> Iterator[Finding]:
    """Every container beside the application has a bound of its memory and a share of it."""
    for task, containers in task_definitions(stack):
        for sidecar in containers[1:]:
            for bound in ("memory", "memoryReservation"):
                if not sidecar.get(bound):
                    yield Finding.about(task, f"{sidecar.get('name')} has no {bound}")


@rule
def absence_of_targets_has_an_alarm(stack: Stack) -> Iterator[Finding]:
    """An alarm reads whether a target group has healthy targets: without any there are no errors of theirs to count."""
    for group in stack.all("aws_lb_target_group"):
        if not _is_watched(stack, group, _ABSENCE_METRICS):
            yield Finding.about(group, f"no alarm reads its {' or '.join(sorted(_ABSENCE_METRICS))}")


@rule
def load_balancer_errors_have_an_alarm(stack: Stack) -> Iterator[Finding]:
    """An alarm reads what a load balancer answers with 5xx itself, which no metric of its targets counts."""
    for balancer in stack.all("aws_lb"):
        if balancer.get("load_balancer_type") in (None, "application") and not _is_watched(
            stack, balancer, _OWN_ERROR_METRICS
        ):
            yield Finding.about(balancer, "no alarm reads its HTTPCode_ELB_5XX_Count")


@rule
def image_expiry_spares_releases(stack: Stack) -> Iterator[Finding]:
    """No rule expires an image that a release uses, whatever other tags the image has."""
    for policy in stack.all("aws_ecr_lifecycle_policy"):
        try:
            rules: list[dict[str, Any]] = json.loads(str(policy.get("policy")))["rules"]
        except (KeyError, TypeError, ValueError):
            yield Finding.about(policy, "its policy is not literal JSON with rules")
            continue
        for tags in ((_RELEASE,), (_BUILD, _RELEASE)):
            ordered = sorted(rules, key=lambda one: one["rulePriority"])
            first = next((one for one in ordered if selects(one.get("selection") or {}, tags)), None)
            if first and _can_expire(first):
                yield Finding.about(
                    policy, f"rule {first['rulePriority']} expires images with the tags {', '.join(tags)}"
                )
                break


@rule
def codedeploy_service_changes_nothing_else(stack: Stack) -> Iterator[Finding]:
    """AWS lets an update change few arguments of a service that CodeDeploy deploys; all others are ignored."""
    for service in stack.all("aws_ecs_service"):
        if service.block("deployment_controller").get("type") != "CODE_DEPLOY":
            continue
        ignored = service.block("lifecycle").get("ignore_changes") or []
        for argument, value in service.arguments.items():
            if argument in UPDATABLE_WITH_CODEDEPLOY | _NOT_UPDATED or argument in ignored:
                continue
            if value is not None and _AT_CREATION.get(argument) != value:
                yield Finding.about(service, f"{argument} is set and not in ignore_changes, but AWS refuses its update")


@rule
def database_url_names_its_authorities(stack: Stack) -> Iterator[Finding]:
    """The url of a database names the file of certificate authorities: clients do not come with it."""
    declared = ((resource, text) for resource in stack.all() for _, text in texts(dict(resource.arguments)))
    for resource, text in (*declared, *packaged_texts(stack)):
        for scheme, option in _URLS.items():
            if text.startswith(scheme) and option not in text:
                yield Finding.about(resource, f"a url {scheme}.. has no {option}..")


@rule_with_others
def database_client_has_authorities(stack: Stack, stacks: Mapping[str, Stack]) -> Iterator[Finding]:
    """A container that gets the url or host of a database trusts the authorities of its certificate."""
    tasks = list(task_definitions(stack))
    addresses = [
        Stored.of(other, parameter)
        for other in (of_same_environment(stack, stacks) if tasks else ())
        for parameter in other.all("aws_ssm_parameter")
        if _DATABASE_ADDRESS.search(str(parameter.get("name")))
    ]
    for task, containers in tasks:
        for container in containers:
            variables = blocks(container.get("environment"))
            uses = [
                str(variable.get("name"))
                for variable in (*blocks(container.get("secrets")), *variables)
                for value in [variable.get("valueFrom") or variable.get("value")]
                if _DATABASE_ADDRESS.search(str(value))
                or any(address.is_named_by(value, stack, stacks) for address in addresses)
            ]
            if uses and "NODE_EXTRA_CA_CERTS" not in {variable.get("name") for variable in variables}:
                yield Finding.about(task, f"{container.get('name')} gets {', '.join(uses)} without NODE_EXTRA_CA_CERTS")


def _is_watched(stack: Stack, resource: Resource, metrics: frozenset[str]) -> bool:
    return any(
        metric.get("metric_name") in metrics and resource.is_referred_to_by(dict(metric.get("dimensions") or {}))
        for alarm in stack.all("aws_cloudwatch_metric_alarm")
        for metric in (
            alarm.arguments,
            *(metric for query in blocks(alarm.get("metric_query")) for metric in blocks(query.get("metric"))),
        )
    )


def _can_expire(one: Mapping[str, Any]) -> bool:
    """Whether a rule expires anything: not if its count is more than a repository can have."""
    selection = one.get("selection") or {}
    return selection.get("countType") != "imageCountMoreThan" or selection.get("countNumber", 0) <= _MOST_IMAGES

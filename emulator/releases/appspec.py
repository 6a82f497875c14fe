"""The file by which CodeDeploy deploys to ECS.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-resources.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from emulator.releases.errors import DeploymentError

if TYPE_CHECKING:
    from collections.abc import Mapping

HOOKS: Final = ("BeforeInstall", "AfterInstall", "AfterAllowTestTraffic", "BeforeAllowTraffic", "AfterAllowTraffic")
_BEGINNING: Final = (
    "The deployment failed because the AppSpec file that specifies the deployment configuration is missing or has an "
    "invalid configuration."
)


@dataclass(frozen=True, kw_only=True)
class AppSpec:
    """What a revision says."""

    task_definition: str
    container: str
    port: int
    platform_version: str | None
    network: Mapping[str, Any] | None
    capacity: tuple[Mapping[str, Any], ...]
    hooks: Mapping[str, str]

    @staticmethod
    def parse(text: str) -> AppSpec:
        """Read the file, YAML or JSON.

        Raises:
            DeploymentError: It is not valid.
        """
        try:
            document = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise _invalid(
                reason="The input AppSpec file is a not well-formed yaml. The template cannot be parsed."
            ) from error
        try:
            (resource,) = document["Resources"]
            (service,) = resource.values()
            properties = service["Properties"]
            target = properties["LoadBalancerInfo"]
            found = AppSpec(
                task_definition=str(properties["TaskDefinition"]),
                container=str(target["ContainerName"]),
                port=int(target["ContainerPort"]),
                platform_version=properties.get("PlatformVersion"),
                network=_network(properties.get("NetworkConfiguration")),
                capacity=tuple(_lowered(one) for one in properties.get("CapacityProviderStrategy") or ()),
                hooks={name: str(function) for hook in document.get("Hooks") or () for name, function in hook.items()},
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise _invalid(reason=f"It has no valid {error}.") from error
        if service.get("Type") != "AWS::ECS::Service":
            raise _invalid(reason="The Type of its resource must be AWS::ECS::Service.")
        if unknown := sorted(set(found.hooks) - set(HOOKS)):
            raise _invalid(reason=f"{', '.join(unknown)} is not a hook of a deployment to Amazon ECS.")
        return found


def revision_text(revision: Mapping[str, Any], *, account: str, region: str) -> str:
    """The text of a revision: in the call itself, or in S3.

    Raises:
        DeploymentError: The object does not exist, or there is no text.
    """
    kind = revision.get("revisionType")
    if kind == "AppSpecContent":
        return str((revision.get("appSpecContent") or {}).get("content") or "")
    if kind == "String":
        return str((revision.get("string") or {}).get("content") or "")
    if kind == "S3":
        location = revision.get("s3Location") or {}
        bucket, key = str(location.get("bucket")), str(location.get("key"))
        backend = s3_backends[account][get_partition(region)]
        found = backend.get_object(bucket, key, location.get("version")) if bucket in backend.buckets else None
        if found is None:
            raise DeploymentError(code="REVISION_MISSING", message=f"The revision s3://{bucket}/{key} does not exist.")
        return bytes(found.value).decode()
    raise _invalid(reason=f"A revision of the type {kind} is not supported.")


def _invalid(*, reason: str) -> DeploymentError:
    return DeploymentError(code="INVALID_REVISION", message=f"{_BEGINNING} {reason}")


def _network(given: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not given:
        return None
    return {"awsvpcConfiguration": _lowered(given["AwsvpcConfiguration"])}


def _lowered(given: Mapping[str, Any]) -> dict[str, Any]:
    """The members as ECS names them: `AssignPublicIp` is `assignPublicIp`."""
    return {f"{name[0].lower()}{name[1:]}": value for name, value in given.items()}

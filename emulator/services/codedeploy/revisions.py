"""AWS CodeDeploy: the revisions of deployments to ECS, by the hash of their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.releases.deployment import DEPLOYMENTS, hashed

if TYPE_CHECKING:
    from emulator.store import Shape


@operation("codedeploy", "GetApplicationRevision")
def get(params: Shape, context: Context) -> Shape:
    """Return a revision with its text, which GetDeployment leaves out.

    https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_GetDeployment.html
    """
    application, wanted = str(params["applicationName"]), hashed(params["revision"])
    used = [one for one in context.table(DEPLOYMENTS).values() if one.application == application]
    found = [one for one in used if hashed(one.revision) == wanted and _is_whole(one.revision)]
    if not found:
        raise AwsError(code="RevisionDoesNotExistException", message="The revision does not exist.")
    return {
        "applicationName": application,
        "revision": found[-1].revision,
        "revisionInfo": {
            "deploymentGroups": sorted({str(one.group.deployment_group_name) for one in found}),
            "firstUsedTime": found[0].created,
            "lastUsedTime": found[-1].created,
        },
    }


def _is_whole(revision: Shape) -> bool:
    """Whether a revision has its text, or is in S3."""
    return "s3Location" in revision or revision != hashed(revision)

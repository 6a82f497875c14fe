"""A service of ECS, made without Terraform, with what its tasks need of the other stores."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from config.names import NameLimit
from config.parameters import URLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from acceptance.region_loss.world import World

SERVICE: Final = "backend"


def serve(world: World, region: str, *, subnets: Sequence[str], group: str, key: str | None, bucket: str) -> None:
    """Create the service and its role, which may read its parameters and write into a bucket.

    Args:
        world: The environment.
        region: Where.
        subnets: Those of its tasks.
        group: Their security group.
        key: The key that the role may use; None if it may use none.
        bucket: The bucket for backups.
    """
    environment, ecs = world.environment, world.client("ecs", region)
    settings = environment.services[SERVICE]
    secrets = {name: parameter_path(world, parameter) for name, parameter in settings.secrets.items()}
    variables = {name: parameter_path(world, parameter) for name, parameter in settings.parameters.items()}
    arn = f"arn:aws:ssm:{region}:{world.account.id}:parameter"
    rights = [
        _allow(("ssm:GetParameter", "ssm:GetParameters"), [f"{arn}{path}" for path in _all(secrets, variables)]),
        _allow(("s3:PutObject",), [f"arn:aws:s3:::{bucket}/*"]),
        *([_allow(("kms:Decrypt", "kms:GenerateDataKey"), [key])] if key else []),
    ]
    role = make_role(world, role_name(region), rights, service="ecs-tasks")
    task = ecs.register_task_definition(
        family=SERVICE,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        taskRoleArn=role,
        executionRoleArn=role,
        containerDefinitions=[
            {
                "name": SERVICE,
                "image": "any",
                "secrets": [{"name": name, "valueFrom": f"{arn}{path}"} for name, path in secrets.items()],
                "environment": [{"name": name, "value": path} for name, path in variables.items()],
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    cluster = environment.names.name("cluster", limit=NameLimit.ECS)
    ecs.create_cluster(clusterName=cluster)
    ecs.create_service(
        cluster=cluster,
        serviceName=environment.names.name(SERVICE, limit=NameLimit.ECS),
        taskDefinition=task,
        desiredCount=1,
        networkConfiguration={"awsvpcConfiguration": {"subnets": list(subnets), "securityGroups": [group]}},
    )


def role_name(region: str) -> str:
    """The name of the service's role in a region: those of the second one end with it."""
    return f"user-management-prod-{SERVICE}-task-{region}"


def parameter_path(world: World, parameter: str) -> str:
    """The path of a parameter by its name in the settings of the service."""
    environment = world.environment
    if (database := URLS.get(parameter)) is not None:
        roles = environment.postgres_roles if database == "postgres" else environment.documentdb_roles
        parameter = next(role for role in roles if role.service == SERVICE).url_name
    return environment.names.path(parameter)


def make_role(world: World, name: str, rights: Sequence[dict[str, Any]], *, service: str) -> str:
    """Create a role that a service of AWS may assume, with these statements; its ARN."""
    iam = world.client("iam", world.environment.region)
    principal = {"Service": f"{service}.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document([trust]))
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=_document(rights))
    return str(created["Role"]["Arn"])


def _all(*paths: dict[str, str]) -> Iterator[str]:
    for one in paths:
        yield from one.values()


def _allow(actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def _document(statements: Sequence[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

"""Who signs in to PostgreSQL with a token of IAM instead of a password, and as which of its users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules.policy import Principal, Statement
from modules.role import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from config.database_roles import DatabaseRole
    from modules.label import Label


def connect_statement(label: Label, *, resource_ids: Sequence[str], users: Sequence[str]) -> Statement:
    """The right to sign in as `users`, and as no other user.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html

    Args:
        label: Its account and region.
        resource_ids: Ids that RDS gave: of instances, or of a proxy.
        users: Users of the database.
    """
    arns = tuple(label.arn("rds-db", f"dbuser:{id_}/{user}") for id_ in resource_ids for user in users)
    return Statement(sid="ConnectToDatabase", actions=("rds-db:connect",), resources=arns)


def add_people_role(scope: Construct, role: DatabaseRole, *, label: Label, resource_ids: Sequence[str]) -> Role:
    """Create the IAM role with which people sign in as a role of no service.

    A role to assume, not a policy to attach: it has the boundary, so whoever changes it by the pipeline cannot give
    people more than a workload may do. IAM decides who may assume it.
    """
    name = role.name.replace("_", "-")
    people = Role(
        scope,
        f"{name}-people",
        label=label,
        name=f"postgres-{name}",
        description=f"People sign in to PostgreSQL with it, as {role.name}",
        trust=Statement(actions=("sts:AssumeRole",), principal=Principal.account(label.account_id)),
    )
    people.add_to_policy(connect_statement(label, resource_ids=resource_ids, users=role.logins))
    return people

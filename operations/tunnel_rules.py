"""The rule by which a database lets the task of a tunnel in: it is there while somebody uses a tunnel, and not longer.

Terraform makes no such rule, so any rule of a database for the tunnel's group is one of `make tunnel`. The group has a
member only while a task of it runs. If the program that opened the rule was killed, the next one closes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from preflight.account import error_code

if TYPE_CHECKING:
    from operations.account import Account
    from operations.databases import Database


def admit(account: Account, database: Database, *, group: str, session: str) -> None:
    """Let the members of the tunnel's group reach the database; another tunnel may have done it already.

    Args:
        account: Where it is.
        database: What is reached.
        group: Id of the tunnel's security group.
        session: Who opens it, for the description of the rule.
    """
    permission = {
        "IpProtocol": "tcp",
        "FromPort": database.port,
        "ToPort": database.port,
        "UserIdGroupPairs": [{"GroupId": group, "Description": f"make tunnel, {session}"}],
    }
    try:
        account.client("ec2").authorize_security_group_ingress(GroupId=database.group, IpPermissions=[permission])
    except ClientError as error:
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
        if error_code(error) != "InvalidPermission.Duplicate":
            raise


def rules(account: Account, *, database_group: str, group: str) -> list[dict[str, Any]]:
    """The rules of a database's group that let the tunnel's group in."""
    every = account.items(
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules",
        Filters=[{"Name": "group-id", "Values": [database_group]}],
    )
    return [
        rule
        for rule in every
        if not rule["IsEgress"] and (rule.get("ReferencedGroupInfo") or {}).get("GroupId") == group
    ]


def close(account: Account, *, database_group: str, group: str) -> int:
    """Remove the rules, and return how many there were."""
    found = rules(account, database_group=database_group, group=group)
    if found:
        account.client("ec2").revoke_security_group_ingress(
            GroupId=database_group, SecurityGroupRuleIds=[rule["SecurityGroupRuleId"] for rule in found]
        )
    return len(found)

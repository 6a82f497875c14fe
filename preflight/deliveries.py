"""The tags of what deploys releases, by its name: applications, projects, report groups, pipelines and connections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preflight.account import unless_missing
from preflight.platform import tags_from

if TYPE_CHECKING:
    from preflight.account import Account
    from preflight.named import Tags


def application(account: Account, region: str, name: str) -> Tags | None:
    """An application of CodeDeploy."""
    client = account.client("codedeploy", region)
    missing = "ApplicationDoesNotExistException"
    if unless_missing(lambda: client.get_application(applicationName=name), missing) is None:
        return None
    arn = f"arn:aws:codedeploy:{region}:{account.number}:application:{name}"
    return tags_from(client.list_tags_for_resource(ResourceArn=arn)["Tags"])


def project(account: Account, region: str, name: str) -> Tags | None:
    """A project of CodeBuild."""
    found: Any = account.client("codebuild", region).batch_get_projects(names=[name])["projects"]
    return tags_from(found[0].get("tags"), "key", "value") if found else None


def report_group(account: Account, region: str, name: str) -> Tags | None:
    """A report group of CodeBuild."""
    arn = f"arn:aws:codebuild:{region}:{account.number}:report-group/{name}"
    found: Any = account.client("codebuild", region).batch_get_report_groups(reportGroupArns=[arn])["reportGroups"]
    return tags_from(found[0].get("tags"), "key", "value") if found else None


def pipeline(account: Account, region: str, name: str) -> Tags | None:
    """A pipeline of CodePipeline."""
    client = account.client("codepipeline", region)
    answer = unless_missing(lambda: client.get_pipeline(name=name), "PipelineNotFoundException")
    if answer is None:
        return None
    tags: Any = client.list_tags_for_resource(resourceArn=answer["metadata"]["pipelineArn"]).get("tags")
    return tags_from(tags, "key", "value")


def connection(account: Account, region: str, name: str) -> Tags | None:
    """A connection: its names are unique in an account.

    https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html
    """
    client = account.client("codeconnections", region)
    for connection in account.items("codeconnections", region, "list_connections", "Connections"):
        if connection["ConnectionName"] == name:
            return tags_from(client.list_tags_for_resource(ResourceArn=connection["ConnectionArn"]).get("Tags"))
    return None

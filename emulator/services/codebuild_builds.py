"""The builds of AWS CodeBuild, whose commands really run; moto's are finished when they start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.builds import connections
from emulator.builds.build import BUILDS, STOPPED
from emulator.builds.reports import REPORTS
from emulator.builds.start import start
from emulator.errors import AwsError
from emulator.registry import Context, operation

if TYPE_CHECKING:
    from emulator.store import Shape

__all__ = ["connections"]


@operation("codebuild", "StartBuild")
def start_build(params: Shape, context: Context) -> Shape:
    """Start a build."""
    build = start(params["projectName"], account=context.account, region=context.region, params=params)
    return {"build": build.answer()}


@operation("codebuild", "BatchGetBuilds")
def get_builds(params: Shape, context: Context) -> Shape:
    """Return the builds that exist, and the ids of the others."""
    table = context.table(BUILDS)
    wanted = [one.rpartition("build/")[2] for one in params["ids"]]
    return {
        "builds": [table[one].answer() for one in wanted if one in table],
        "buildsNotFound": [one for one in wanted if one not in table],
    }


@operation("codebuild", "ListBuildsForProject")
def list_builds_of_project(params: Shape, context: Context) -> Shape:
    """List the builds of a project, those of the last time first, if nothing else is asked for."""
    name = params["projectName"]
    ids = [one.id for one in context.table(BUILDS).values() if one.name == name]
    return {"ids": ids if params.get("sortOrder") == "ASCENDING" else ids[::-1]}


@operation("codebuild", "ListBuilds")
def list_builds(params: Shape, context: Context) -> Shape:
    """List the builds of all projects."""
    ids = list(context.table(BUILDS))
    return {"ids": ids if params.get("sortOrder") == "ASCENDING" else ids[::-1]}


@operation("codebuild", "StopBuild")
def stop_build(params: Shape, context: Context) -> Shape:
    """Stop a build with all its processes; one that has ended stays as it is."""
    build = context.table(BUILDS).require(params["id"].rpartition("build/")[2])
    if build.end is None:
        build.stop(STOPPED)
    return {"build": build.answer()}


@operation("codebuild", "ListReportsForReportGroup")
def list_reports(params: Shape, context: Context) -> Shape:
    """List the reports of a group, those of the last time first."""
    group = params["reportGroupArn"]
    return {"reports": [arn for arn, one in context.table(REPORTS).items() if one["reportGroupArn"] == group][::-1]}


@operation("codebuild", "BatchGetReports")
def get_reports(params: Shape, context: Context) -> Shape:
    """Return the reports that exist, and the ARNs of the others."""
    table = context.table(REPORTS)
    return {
        "reports": [table[arn] for arn in params["reportArns"] if arn in table],
        "reportsNotFound": [arn for arn in params["reportArns"] if arn not in table],
    }


@operation("codebuild", "DeleteReport")
def delete_report(params: Shape, context: Context) -> Shape:
    """Delete a report; AWS accepts an unknown one."""
    if not params["arn"].startswith("arn:"):
        raise AwsError(code="InvalidInputException", message=f"Invalid report ARN: {params['arn']}")
    context.table(REPORTS).pop(params["arn"], None)
    return {}

"""IAM Access Analyzer: moto has no backend for it."""

from __future__ import annotations

from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, operation
from emulator.store import Kind, Shape
from emulator.tagging import tag_operations

ANALYZERS: Kind[Shape] = Kind(
    "analyzer", missing="ResourceNotFoundException", message="The analyzer {key} does not exist."
)

_ACCOUNT = "ACCOUNT"

tag_operations("accessanalyzer", arn="resourceArn", tags="tags", keys="tagKeys", style="map")


@operation("accessanalyzer", "CreateAnalyzer")
def create_analyzer(params: Shape, context: Context) -> Shape:
    """Store the analyzer under its name."""
    name = params["analyzerName"]
    if name in context.table(ANALYZERS):
        raise AwsError(code="ConflictException", message=f"The analyzer {name} already exists.")
    if params["type"] == _ACCOUNT and any(one["type"] == _ACCOUNT for one in context.table(ANALYZERS).values()):
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html
        raise AwsError(
            code="ServiceQuotaExceededException",
            message="You have reached the limit on the number of analyzers of type ACCOUNT in the region.",
        )
    arn = context.arn(f"analyzer/{name}", service="access-analyzer")
    context.table(ANALYZERS)[name] = {
        "arn": arn,
        "name": name,
        "type": params["type"],
        "createdAt": now(),
        "status": "ACTIVE",
        "configuration": params.get("configuration"),
    }
    context.tags(arn).update(params.get("tags") or {})
    return {"arn": arn}


@operation("accessanalyzer", "GetAnalyzer")
def get_analyzer(params: Shape, context: Context) -> Shape:
    """Return one analyzer with its tags."""
    analyzer = context.table(ANALYZERS).require(params["analyzerName"])
    return {"analyzer": {**analyzer, "tags": dict(context.tags(analyzer["arn"]))}}


@operation("accessanalyzer", "ListAnalyzers")
def list_analyzers(_: Shape, context: Context) -> Shape:
    """List the analyzers with their tags."""
    analyzers = context.table(ANALYZERS).values()
    return {"analyzers": [{**one, "tags": dict(context.tags(one["arn"]))} for one in analyzers]}


@operation("accessanalyzer", "UpdateAnalyzer")
def update_analyzer(params: Shape, context: Context) -> Shape:
    """Change the configuration."""
    analyzer = context.table(ANALYZERS).require(params["analyzerName"])
    analyzer["configuration"] = params.get("configuration")
    return {"configuration": analyzer["configuration"]}


@operation("accessanalyzer", "DeleteAnalyzer")
def delete_analyzer(params: Shape, context: Context) -> Shape:
    """Delete the analyzer and its tags."""
    analyzer = context.table(ANALYZERS).remove(params["analyzerName"])
    context.store.forget_tags(analyzer["arn"])
    return {}

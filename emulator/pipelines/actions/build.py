"""Actions that run a CodeBuild project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from emulator.builds.build import SUCCEEDED, Input, PipelineOrder
from emulator.builds.start import start
from emulator.errors import AwsError
from emulator.pipelines import rights
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from emulator.pipelines.work import Work
    from emulator.store import Shape

_RIGHTS: Final = ("codebuild:StartBuild", "codebuild:BatchGetBuilds")
_COMMIT_CHARACTERS: Final = 40


def run(work: Work) -> None:
    """Run the project with the input artifacts, and take its output artifacts.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
    """
    execution, project = work.execution, work.setting("ProjectName")
    rights.require(work.role, _RIGHTS, what=f"the AWS CodeBuild project named {project}")
    places = {name: work.store.place(name) for name in work.output_names}
    order = PipelineOrder(
        initiator=f"codepipeline/{execution.pipeline}",
        inputs=_inputs(work),
        outputs={name: place.arn for name, place in places.items()},
        variables=tuple(_variables(work)),
    )
    with REGISTRY.lock:
        try:
            build = start(project, account=execution.account, region=execution.region, order=order)
        except AwsError as error:
            message = f"Error calling startBuild: {error.message} (Service: AWSCodeBuild; Error Code: {error.code})"
            work.fail(message)
        work.run.external_id = build.id
        work.run.external_url = (
            f"https://console.aws.amazon.com/codebuild/home?region={execution.region}#/builds/{build.id}/view/new"
        )
    while not build.ended.is_set():
        work.pause()
    if build.status != SUCCEEDED:
        text = f"Build terminated with state: {build.status}"
        phase = next((one for one in build.phases if one.message), None)
        detail = f". Phase: {phase.name}, Code: {phase.message}" if phase else ""
        work.fail(f"{text}{detail}", "JobFailed")
    for name, place in places.items():
        if name not in build.outputs:
            work.fail(f"The build {build.id} made no artifact {name}; its buildspec must name it", "JobFailed")
        work.store_output(place, build.outputs[name])
    work.run.variables = dict(build.exported)


def _inputs(work: Work) -> tuple[Input, ...]:
    """The input artifacts, the primary one first."""
    artifacts = work.run.inputs
    primary = work.configuration.get("PrimarySource") or (artifacts[0].name if artifacts else "")
    ordered = sorted(artifacts, key=lambda one: one.name != primary)
    return tuple(
        Input(
            one.name,
            one.arn,
            work.store.get(one),
            one.revision if len(one.revision) == _COMMIT_CHARACTERS else "",
        )
        for one in ordered
    )


def _variables(work: Work) -> list[Shape]:
    text = work.configuration.get("EnvironmentVariables") or "[]"
    try:
        found: list[Shape] = json.loads(text)
    except ValueError as error:
        work.fail(f"EnvironmentVariables of action '{work.run.name}' is not valid JSON: {error}")
    return found

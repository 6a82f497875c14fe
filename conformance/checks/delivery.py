"""The pipeline, its builds, and the registry of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.checks.data import postgres
from conformance.checks.security import image_scanning
from conformance.clause import DEV, PROD, STAGING, clause, instead
from conformance.expect import equals, includes, is_set, mentions
from conformance.paths import item

if TYPE_CHECKING:
    from conformance.view import Seen, View

_LAYER: Final = "delivery"
_TESTS: Final = "tests/stacks/test_delivery.py"
_STAGES: Final = "tests/modules/delivery/test_stages.py"
_RELEASES: Final = "tests/acceptance/releases"
_BUILT_ONCE: Final = "once, by staging's pipeline: prod's takes over its release, so that it runs what was tested"
_TAKEN_OVER: Final = (
    "the stages of prod's pipeline are Source (the release that staging has built and tested), Promote, Approval, "
    "Deploy: so it runs what was tested"
)


def pipeline(view: View) -> Seen:
    """The pipeline of the environment."""
    return view.one("aws_codepipeline", layer=_LAYER)


def stage(view: View, name: str, action: str, provider: str) -> Seen:
    """The pipeline, of which a stage has an action."""
    found = pipeline(view)
    found.require("stage", item(name=name), "action", item(name=action), "provider", equals(provider))
    return found


def build(view: View, name: str, stage_name: str, *, project: str = "") -> Seen:
    """The project of CodeBuild that an action of a stage starts."""
    path = ("stage", item(name=stage_name), "action", item(name=name), "configuration", "ProjectName")
    found = stage(view, stage_name, name, "CodeBuild").follow_one(*path, to="aws_codebuild_project")
    found.require("name", mentions(f"-{project or name}"))
    return found


def building(view: View) -> View:
    """The environment whose pipeline builds what this one runs: itself, but for prod, which takes over staging's."""
    if view.environment != PROD:
        return view
    taken_over(view)
    return view.of(STAGING)


@instead("3.2/2", "3.2/3", "3.2/4", environments=(PROD,), why=_TAKEN_OVER, held_by=(_RELEASES,))
def taken_over(view: View) -> None:
    """The release of staging, which it has handed over."""
    found = stage(view, "Source", "source", "S3")
    found.require(
        "stage", item(name="Source"), "action", item(name="source"), "configuration", "S3ObjectKey", mentions("staging")
    )
    build(view, "promote", "Promote")
    stage(view, "Approval", "approval", "Manual")


@clause("3.2/2", _STAGES)
def source(view: View) -> None:
    """The first stage takes the application's repository on GitHub, by a connection."""
    found = stage(view, "Source", "source", "CodeStarSourceConnection")
    action = ("stage", item(name="Source"), "action", item(name="source"), "configuration")
    connection = found.follow_one(*action, "ConnectionArn", to="aws_codestarconnections_connection")
    connection.require("provider_type", equals("GitHub"))
    found.require(*action, "FullRepositoryId", mentions("/"))
    found.require(*action, "BranchName", equals("main"))


@clause("1/11", _TESTS, note=_BUILT_ONCE)
@clause("4.1/3", _STAGES, note=_BUILT_ONCE)
@clause("8.1/3", _TESTS, note=_BUILT_ONCE)
def repository_on_github(view: View) -> None:
    """What runs comes from the application's repository on GitHub."""
    source(building(view))


@clause("2.6/4", _TESTS, _RELEASES, note=_BUILT_ONCE)
@clause("4.1/1", _TESTS, note=_BUILT_ONCE)
@clause("4.1/2", _TESTS, _RELEASES, note=f"the webhook is that of AWS's connection to GitHub; {_BUILT_ONCE}")
def trigger(view: View) -> None:
    """A push to main starts the pipeline that builds; in prod the release of staging does."""
    view = building(view)
    source(view)
    found = pipeline(view)
    found.require("trigger", "git_configuration", "source_action_name", equals("source"))
    found.require("trigger", "git_configuration", "push", "branches", "includes", includes("main"))


def _builds(view: View) -> None:
    for name in ("frontend", "backend"):
        project = build(view, f"{name}-build", "Build")
        project.require("source", "buildspec", mentions("docker buildx build", "--push"))


def _tests(view: View) -> None:
    project = build(view, "integration-tests", "Test")
    project.require("source", "buildspec", mentions("INTEGRATION_TEST"))


@clause("3.2/3", _STAGES, "tests/modules/delivery/test_builds.py")
def build_stage(view: View) -> None:
    """Each service is built, and its image pushed to its repository."""
    for name in ("frontend", "backend"):
        path = ("environment", "environment_variable", item(name="REPOSITORY_URL"), "value")
        build(view, f"{name}-build", "Build").follow(*path, to="aws_ecr_repository")
    _builds(view)


@clause("4.1/5", "tests/build_steps/test_service_build.py", note=_BUILT_ONCE)
def pushed_images(view: View) -> None:
    """Each image that runs was built from its repository on GitHub, and pushed to its repository in ECR."""
    build_stage(building(view))


@clause("3.2/4", "tests/build_steps/test_integration_tests.py")
def tested_images(view: View) -> None:
    """The integration tests of the application, against the images that were built."""
    _tests(view)


@clause("3.2/9", "tests/examples/test_integration_test.py", note=_BUILT_ONCE)
def integration_tests(view: View) -> None:
    """What runs has passed the integration tests."""
    _tests(building(view))


@clause(
    "3.2/5",
    _STAGES,
    _RELEASES,
    note="by CodeDeploy's action for ECS, which shifts traffic; in dev a build of CodeBuild updates the services",
)
@clause(
    "4.1/6",
    _RELEASES,
    "tests/build_steps/test_deploy.py",
    note="by CodeDeploy, which shifts traffic; in dev by a build of CodeBuild",
)
def deploy_stage(view: View) -> None:
    """Each service gets the new image."""
    for name in ("frontend", "backend"):
        action = ("stage", item(name="Deploy"), "action", item(name=f"{name}-deploy"), "configuration")
        if view.environment == DEV:
            build(view, f"{name}-deploy", "Deploy", project="deploy")
            pipeline(view).follow(*action, "EnvironmentVariables", to="aws_ecs_service")
            continue
        found = stage(view, "Deploy", f"{name}-deploy", "CodeDeployToECS")
        group = found.follow_one(*action, "DeploymentGroupName", to="aws_codedeploy_deployment_group")
        group.follow("ecs_service", "service_name", to="aws_ecs_service")


@clause("1/12", "tests/modules/delivery/test_builds.py", note=_BUILT_ONCE)
@clause("2.6/2", "tests/templates/test_buildspecs.py", note=_BUILT_ONCE)
@clause("3.2/6", "tests/modules/delivery/test_build_project.py", note=_BUILT_ONCE)
@clause("4.1/4", "tests/build_steps", note=_BUILT_ONCE)
def builds(view: View) -> None:
    """Both services are built, then tested together."""
    view = building(view)
    _builds(view)
    _tests(view)


def _one_build(view: View, name: str) -> None:
    project = build(building(view), f"{name}-build", "Build")
    path = ("environment", "environment_variable", item(name="SERVICE"), "value")
    project.require(*path, equals(name))
    project.require("artifacts", "type", equals("CODEPIPELINE"))


@clause("3.2/7", "tests/modules/delivery/test_builds.py", note=_BUILT_ONCE)
def backend_build(view: View) -> None:
    """The project that builds the backend."""
    _one_build(view, "backend")


@clause("3.2/8", "tests/modules/delivery/test_builds.py", note=_BUILT_ONCE)
def frontend_build(view: View) -> None:
    """The project that builds the frontend."""
    _one_build(view, "frontend")


@clause("1/13", _TESTS, "tests/modules/delivery/test_pipeline.py")
@clause("2.6/1", _TESTS, "tests/modules/delivery/test_pipeline.py")
@clause("3.2/1", _TESTS)
@clause("10.1/4", _TESTS, _RELEASES)
@clause("11.3/1", _TESTS, _RELEASES, "tests/acceptance/test_lifecycle.py")
def whole_pipeline(view: View) -> None:
    """From a push, or in prod from staging's release, to the services."""
    pipeline(view).require("artifact_store", "encryption_key", "type", equals("KMS"))
    trigger(view)
    builds(view)
    deploy_stage(view)


def _repository(view: View, name: str) -> Seen:
    found = view.one("aws_ecr_repository", {"name": equals(f"user-management-{name}")}, layer="registry")
    found.require("image_tag_mutability", equals("IMMUTABLE"))
    return found


@clause("3.2/11", "tests/stacks/test_registry.py")
def backend_images(view: View) -> None:
    """The repository of the backend."""
    _repository(view, "backend")


@clause("3.2/12", "tests/stacks/test_registry.py")
def frontend_images(view: View) -> None:
    """The repository of the frontend."""
    _repository(view, "frontend")


@clause("1/14", "tests/stacks/test_registry.py")
@clause("2.6/3", "tests/modules/test_repository.py")
@clause("3.2/10", "tests/stacks/test_registry.py")
def repositories(view: View) -> None:
    """A repository of each service, whose old builds expire and whose releases stay."""
    for name in ("backend", "frontend"):
        where = {"repository": view.refers_to(_repository(view, name))}
        policy = view.one("aws_ecr_lifecycle_policy", where, layer="registry")
        policy.require("policy", "rules", item(rulePriority=1), "selection", "tagPatternList", includes("release-*"))


@clause(
    "6.3/2",
    "tests/modules/delivery/test_image_updates.py",
    "tests/lambdas/test_image_updates.py",
    note="prod gets them as releases of staging; it scans what runs each day, and reports when there is a fix",
)
def security_updates(view: View) -> None:
    """What runs is scanned each day, and built again each week on fresh base images; dependencies by the pipeline."""
    scan = view.one("aws_scheduler_schedule", {"name": mentions("-image-scan")}, layer=_LAYER)
    scan.require("schedule_expression", equals("cron(0 10 * * ? *)"))
    scan.follow("target", "arn", to="aws_lambda_function")
    if view.environment != PROD:
        rebuild = view.one("aws_scheduler_schedule", {"name": mentions("-image-rebuild")}, layer=_LAYER)
        rebuild.require("schedule_expression", equals("cron(30 10 ? * TUE *)"))
        pipeline(view).require("variable", item(name="REBUILD"), "default_value", equals("false"))


@clause("11.2/3", "tests/modules/delivery/test_image_updates.py", "tests/build_steps/test_scan.py")
def scans_and_updates(view: View) -> None:
    """Images are scanned when pushed and each day, and rebuilt; databases take minor versions by themselves."""
    image_scanning(view)
    security_updates(view)
    database = postgres(view)
    database.require("auto_minor_version_upgrade", equals(value=True))
    database.require("maintenance_window", is_set())

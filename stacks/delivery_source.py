"""Where a release of the layer `delivery` comes from: a push that is built and tested, or another environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from modules.delivery import builds, hand_over, pipeline_grants
from modules.delivery.names import releases_bucket
from modules.delivery.pipeline import REBUILD, SOURCE, add_connection
from modules.delivery.stages import Action, Stage
from modules.errors import WiringError
from templates import buildspecs

if TYPE_CHECKING:
    from config.delivery import OtherEnvironment
    from stacks.delivery import DeliveryStack

_RELEASE: Final = "release"


class ReleaseSource:
    """The first stages of a pipeline, with their builds in its stack."""

    def __init__(self, stack: DeliveryStack) -> None:
        self._stack = stack

    def stages(self) -> list[Stage]:
        """Where a release comes from, and what makes its artifacts."""
        if self._stack.settings.builds:
            return [self._source(), self._build(), self._test()]
        source = self._stack.config.release_source
        if source is None:
            raise WiringError(self._stack, "the environment of release_from is not known; load it with its neighbors")
        return [self._release_source(source), self._promote(source)]

    def _source(self) -> Stage:
        settings = self._stack.settings
        connection_arn = settings.connection_arn
        if connection_arn is None:
            connection_arn = add_connection(self._stack, label=self._stack.label)
            self._stack.output("connection_arn", connection_arn)
        pipeline_grants.grant_connection(self._stack.role, connection_arn)
        action = Action.github(
            SOURCE,
            connection_arn=connection_arn,
            repository=settings.repository or "",
            branch=settings.default_branch,
        )
        return Stage(name="Source", actions=(action,))

    def _build(self) -> Stage:
        actions, files = [], self._stack.static_files
        for name in self._stack.names:
            project = self._stack.project(
                builds.service_build(
                    name,
                    repository_url=self._stack.registry.repositories[name].url,
                    release_files=self._stack.service.release_files.bucket.name,
                    blue_green=tuple(self._stack.service.deployment_groups),
                    sbom_image=self._stack.registry.images["sbom"].uri,
                    assets=files.variables if files and files.service == name else None,
                    scan=builds.scan_variables(self._stack.settings),
                )
            )
            self._stack.registry.images["sbom"].grant_pull(project.role)
            self._stack.grant_images_and_files(project, (name,))
            actions.append(
                Action.build(
                    f"{name}-build",
                    project.name,
                    inputs=(SOURCE,),
                    outputs=(buildspecs.artifact(name),),
                    variables={REBUILD: f"#{{variables.{REBUILD}}}"},
                )
            )
        return Stage(name="Build", actions=tuple(actions))

    def _test(self) -> Stage:
        project = self._stack.project(builds.integration_tests(self._stack.config))
        for name in self._stack.names:
            self._stack.registry.repositories[name].grant_pull(project.role)
        action = Action.build("integration-tests", project.name, inputs=(SOURCE, *self._stack.built), category="Test")
        return Stage(name="Test", actions=(action,))

    def _release_source(self, source: OtherEnvironment) -> Stage:
        hand_over.grant_source(self._stack.role, source)
        action = Action.release(
            SOURCE, bucket=releases_bucket(source.names), key=hand_over.release_key(source.name), output=_RELEASE
        )
        return Stage(name="Source", actions=(action,))

    def _promote(self, source: OtherEnvironment) -> Stage:
        files = self._stack.static_files
        project = self._stack.project(
            builds.promote(
                hand_over.source_repositories(source, self._stack.names),
                release_files=self._stack.service.release_files.bucket.name,
                blue_green=tuple(self._stack.service.deployment_groups),
                assets=files.variables if files else None,
                assets_service=files.service if files else None,
                scan=builds.scan_variables(self._stack.settings),
            )
        )
        self._stack.grant_images_and_files(project, self._stack.names)
        hand_over.grant_images(project.role, source, self._stack.names)
        action = Action.build("promote", project.name, inputs=(_RELEASE,), outputs=self._stack.built)
        return Stage(name="Promote", actions=(action,))

"""Layer `delivery`: the pipeline that builds, tests and deploys the services, or takes over a tested release."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from config.updates import updates_zone
from modules.boundary import Boundary
from modules.delivery import build_grants, builds, hand_over, pipeline_grants
from modules.delivery.artifact_store import ArtifactStore
from modules.delivery.build_project import Build, BuildPlace, BuildProject
from modules.delivery.image_updates import ImageUpdates
from modules.delivery.names import DELIVERY_KEY, PIPELINE_ROLE, release_prefix, releases_bucket
from modules.delivery.pipeline import REBUILD, SOURCE, Pipeline, add_connection, pipeline_name
from modules.delivery.pipeline_messages import pipeline_messages
from modules.delivery.red_alarms import alarm_rules
from modules.delivery.stages import Action, Rule, Stage, with_freeze
from modules.delivery.static_files import StaticFiles
from modules.errors import WiringError
from modules.event_messages import EventMessages
from modules.role import Role, ServicePrincipal
from modules.topic import Severity
from stacks.base import LayerStack, topics_for
from templates import buildspecs

if TYPE_CHECKING:
    from constructs import Construct

    from config.delivery import DeliverySettings, OtherEnvironment
    from config.environment import Environment
    from stacks.data import DataStack
    from stacks.edge import EdgeStack
    from stacks.network import NetworkStack
    from stacks.notifications import NotificationsStack
    from stacks.registry import RegistryStack
    from stacks.service import ServiceStack
    from stacks.state import StateStack

_RELEASE: Final = "release"
_URLS: Final = {"postgres": "DATABASE_URL", "documentdb": "DOCUMENTDB_URL"}
_OWNER: Final = "owner"


class DeliveryStack(LayerStack):
    """One pipeline, with its builds, its buckets, and what hands its releases over to other environments."""

    layer: ClassVar[str] = "delivery"

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        settings: DeliverySettings,
        state: StateStack,
        notifications: NotificationsStack | None,
        network: NetworkStack,
        registry: RegistryStack,
        data: DataStack | None,
        service: ServiceStack,
        edge: EdgeStack | None,
    ) -> None:
        super().__init__(scope, config=config, state=state)
        self._settings, self._topics = settings, topics_for(self, notifications)
        self._registry, self._service, self._data, self._edge = registry, service, data, edge
        self.delivery_key = self.key("key", name=DELIVERY_KEY, protects="Artifacts, releases and logs of builds")
        self.store = ArtifactStore(
            self,
            "store",
            label=self.label,
            key=self.delivery_key,
            access_logs=state.store.access_logs,
            pipeline=pipeline_name(self.label),
            protect=config.protect_data,
            releases=settings.builds,
        )
        self._place = BuildPlace(
            label=self.label,
            vpc=network.vpc,
            key=self.delivery_key,
            store=self.store,
            pipeline=pipeline_name(self.label),
            repository_urls={name: registry.repositories[name].url for name in service.services},
            log_retention_days=config.logs.service_retention_days,
            gateway_endpoints=network.gateway_endpoints,
            endpoints=network.interface_endpoints,
            has_internet=config.network.nat_gateways != "none",
        )
        self.projects: dict[str, BuildProject] = {}
        self.role = Role(
            self,
            "pipeline-role",
            label=self.label,
            name=PIPELINE_ROLE,
            service=ServicePrincipal.CODEPIPELINE,
            description="The pipeline starts its actions with it",
            boundary=Boundary.DELIVERY,
        )
        self.store.grant_artifacts(self.role, pipeline=pipeline_name(self.label))
        stages = [*self._first_stages(), *self._approval(), *self._changing_stages(), *self._hand_over()]
        if config.release_window:
            stages = with_freeze(stages, config.release_window)
        pipeline_grants.grant_builds(self.role, stages, list(self.projects.values()), place=self._place)
        self.pipeline = Pipeline(
            self,
            "pipeline",
            config=settings,
            label=self.label,
            role=self.role,
            store=self.store,
            stages=stages,
            depends_on=self.store.artifacts.dependables,
        )
        ImageUpdates(
            self,
            "image-updates",
            config=settings,
            time_zone=updates_zone(settings.updates, settings.freeze, config.cost.sleep if config.cost else None),
            scanning=config.registry.scanning,
            label=self.label,
            key=self.delivery_key,
            log_retention_days=config.logs.function_retention_days,
            topics=self._topics,
            cluster=service.cluster,
            repositories=[registry.repositories[name] for name in self._names],
            pipeline=self.pipeline,
        )
        EventMessages(
            self,
            "events",
            label=self.label,
            name="delivery-events",
            messages=pipeline_messages(self.label, config=config),
            topics=self._topics,
        )
        self.output("pipeline_name", self.pipeline.name)
        self.output("artifacts_bucket", self.store.artifacts.name)

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(self._service.services)

    @property
    def _built(self) -> tuple[str, ...]:
        """The artifacts of all services."""
        return tuple(buildspecs.artifact(name) for name in self._names)

    def _project(self, build: Build) -> BuildProject:
        project = BuildProject(self, f"{build.name}-project", config=build, place=self._place)
        self.projects[build.name] = project
        return project

    def _first_stages(self) -> list[Stage]:
        """Where a release comes from, and what makes its artifacts."""
        if self._settings.builds:
            return [self._source(), self._build(), self._test()]
        source = self.config.release_source
        if source is None:
            raise WiringError(self, "the environment of release_from is not known; load it with its neighbors")
        return [self._release_source(source), self._promote(source)]

    def _source(self) -> Stage:
        settings = self._settings
        connection_arn = settings.connection_arn
        if connection_arn is None:
            connection_arn = add_connection(self, label=self.label)
            self.output("connection_arn", connection_arn)
        pipeline_grants.grant_connection(self.role, connection_arn)
        action = Action.github(
            SOURCE,
            connection_arn=connection_arn,
            repository=settings.repository or "",
            branch=settings.default_branch,
        )
        return Stage(name="Source", actions=(action,))

    def _build(self) -> Stage:
        actions, files = [], self._static_files
        for name in self._names:
            project = self._project(
                builds.service_build(
                    name,
                    repository_url=self._registry.repositories[name].url,
                    release_files=self._service.release_files.bucket.name,
                    blue_green=tuple(self._service.deployment_groups),
                    sbom_image=self._registry.images["sbom"].uri,
                    assets=files.variables if files and files.service == name else None,
                    scan=builds.scan_variables(self._settings),
                )
            )
            self._registry.images["sbom"].grant_pull(project.role)
            self._grant_images_and_files(project, (name,))
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
        project = self._project(builds.integration_tests(self.config))
        for name in self._names:
            self._registry.repositories[name].grant_pull(project.role)
        action = Action.build("integration-tests", project.name, inputs=(SOURCE, *self._built), category="Test")
        return Stage(name="Test", actions=(action,))

    def _release_source(self, source: OtherEnvironment) -> Stage:
        hand_over.grant_source(self.role, source)
        action = Action.release(
            SOURCE, bucket=releases_bucket(source.names), key=hand_over.release_key(source.name), output=_RELEASE
        )
        return Stage(name="Source", actions=(action,))

    def _promote(self, source: OtherEnvironment) -> Stage:
        files = self._static_files
        project = self._project(
            builds.promote(
                hand_over.source_repositories(source, self._names),
                release_files=self._service.release_files.bucket.name,
                blue_green=tuple(self._service.deployment_groups),
                assets=files.variables if files else None,
                assets_service=files.service if files else None,
                scan=builds.scan_variables(self._settings),
            )
        )
        self._grant_images_and_files(project, self._names)
        hand_over.grant_images(project.role, source, self._names)
        action = Action.build("promote", project.name, inputs=(_RELEASE,), outputs=self._built)
        return Stage(name="Promote", actions=(action,))

    def _approval(self) -> list[Stage]:
        if not self._settings.approval:
            return []
        topic = self._topics.by_severity[Severity.WARNING]
        topic.grant_publish(self.role)
        action = Action.approval(
            "approval", topic_arn=topic.arn, text=f"Approve the release of {self.label.prefix}: docs/delivery.md"
        )
        return [Stage(name="Approval", actions=(action,))]

    def _changing_stages(self) -> list[Stage]:
        """Release, where the freeze is waited for, and what changes the environment.

        The alarms are before Migrate, not before Deploy: the rollback of a stage must not depend on its own condition,
        and a release that did not enter it must not deploy the one before again.
        """
        rules = alarm_rules(self, list(self._service.services.values()), self._service.load_balancer)
        pipeline_grants.grant_alarms(self.role)
        migrate = self._migrate(rules)
        return [self._release(), *migrate, self._deploy(() if migrate else rules)]

    def _release(self) -> Stage:
        """An image without the tag may expire while it runs."""
        project = self._project(builds.tag_release(self._names))
        self._grant_tags(project)
        return Stage(name="Release", actions=(Action.build("tag-release", project.name, inputs=self._built),))

    def _migrate(self, rules: tuple[Rule, ...]) -> list[Stage]:
        """The databases first: files that users see do not change if a migration fails."""
        actions = []
        if self._settings.migrations:
            project = self._add_migrate()
            inputs = (buildspecs.artifact(self._settings.migrations.service),)
            actions.append(Action.build("migrate", project.name, inputs=inputs))
        if files := self._static_files:
            repository = self._registry.repositories[files.service]
            project = self._project(builds.publish(files.publish_variables, repository_url=repository.url))
            repository.grant_pull(project.role)
            files.grant_publish(project.role)
            inputs = (buildspecs.artifact(files.service),)
            actions.append(Action.build("publish", project.name, inputs=inputs, run_order=len(actions) + 1))
        return [Stage(name="Migrate", actions=tuple(actions), rules=rules)] if actions else []

    def _add_migrate(self) -> BuildProject:
        settings, data = self._settings.migrations, self._data
        if settings is None or data is None:
            raise WiringError(self, "there are migrations and no database; the settings are checked for it")
        parameters = {_URLS[name]: database.roles.urls[_OWNER] for name, database in data.databases.items()}
        project = self._project(
            builds.migrate(settings, urls={name: parameter.name for name, parameter in parameters.items()})
        )
        for parameter in parameters.values():
            parameter.grant_read(project.role)
        for database in data.databases.values():
            database.allow_owner_from(project)
        self._registry.repositories[settings.service].grant_pull(project.role)
        return project

    def _deploy(self, rules: tuple[Rule, ...]) -> Stage:
        """All services side by side, then the load test: it needs the new version at the address."""
        actions = [self._deploy_action(name) for name in self._names]
        groups = self._service.deployment_groups
        if groups:
            services = [self._service.services[name] for name in groups]
            pipeline_grants.grant_blue_green(self.role, self.label, list(groups.values()), services)
        if load_test := builds.load_test(self.config):
            name = self._project(load_test).name
            actions.append(Action.build("load-test", name, inputs=(self._built[0],), category="Test", run_order=2))
        return Stage(name="Deploy", actions=tuple(actions), rules=rules, rolls_back=True)

    def _deploy_action(self, name: str) -> Action:
        artifact = buildspecs.artifact(name)
        service = self._service.services[name]
        group = self._service.deployment_groups.get(name)
        if group:
            return Action.blue_green(
                f"{name}-deploy", application=group.application_name, group=group.name, artifact=artifact
            )
        project = self.projects.get("deploy") or self._project(builds.deploy(self._service.cluster.name))
        pipeline_grants.grant_rolling(project.role, self.label, service)
        return Action.build(
            f"{name}-deploy",
            project.name,
            inputs=(artifact,),
            variables=builds.deploy_variables(service.service_name, self.config.services[name]),
        )

    def _hand_over(self) -> list[Stage]:
        targets = self.config.release_targets
        if not targets or self.store.releases is None:
            return []
        prefix = release_prefix(self.config.name)
        project = self._project(
            builds.hand_over(
                self._names,
                releases_url=f"s3://{self.store.releases.name}/{prefix}",
                migrations=self._settings.migrations,
            )
        )
        self._grant_tags(project)
        self.store.grant_release(project.role, prefix=prefix)
        hand_over.allow_release_readers(
            self.store.releases, self.delivery_key, environment=self.config.name, targets=targets
        )
        hand_over.allow_image_readers(self, self._registry.repositories, targets=targets)
        return [Stage(name="HandOver", actions=(Action.build("hand-over", project.name, inputs=self._built),))]

    @property
    def _static_files(self) -> StaticFiles | None:
        settings, edge, config = self._settings.assets, self._edge, self.config.edge
        if settings is None or edge is None or config is None:
            return None
        return StaticFiles(settings, edge.assets, prefix=config.static_prefix, distribution=edge.distribution)

    def _grant_images_and_files(self, project: BuildProject, services: tuple[str, ...]) -> None:
        role = project.role
        build_grants.grant_images_and_scans(
            role,
            [self._registry.repositories[name] for name in services],
            enhanced=self.config.registry.scanning == "enhanced",
        )
        build_grants.grant_release_files(role, self._service.release_files.bucket, self._service.logs_key, services)
        files = self._static_files
        if files and files.service in services:
            files.grant_copy(role)

    def _grant_tags(self, project: BuildProject) -> None:
        build_grants.grant_tags(project.role, list(self._registry.repositories.values()))

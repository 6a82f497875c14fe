"""Layer `delivery`: the pipeline that builds, tests and deploys the services, or takes over a tested release."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from config.updates import updates_zone
from modules.boundary import Boundary
from modules.delivery import build_grants, builds, hand_over, pipeline_grants
from modules.delivery.artifact_store import ArtifactStore
from modules.delivery.build_project import Build, BuildPlace, BuildProject
from modules.delivery.image_updates import ImageUpdates
from modules.delivery.names import DELIVERY_KEY, PIPELINE_ROLE, release_prefix
from modules.delivery.pipeline import Pipeline, pipeline_name
from modules.delivery.pipeline_messages import pipeline_messages
from modules.delivery.red_alarms import alarm_rules
from modules.delivery.stages import Action, Rule, Stage, with_freeze
from modules.delivery.static_files import StaticFiles
from modules.errors import WiringError
from modules.event_messages import EventMessages
from modules.role import Role, ServicePrincipal
from modules.topic import Severity
from stacks.base import LayerStack, topics_for
from stacks.delivery_source import ReleaseSource
from templates import buildspecs

if TYPE_CHECKING:
    from constructs import Construct

    from config.delivery import DeliverySettings
    from config.environment import Environment
    from stacks.data import DataStack
    from stacks.edge import EdgeStack
    from stacks.network import NetworkStack
    from stacks.notifications import NotificationsStack
    from stacks.registry import RegistryStack
    from stacks.service import ServiceStack
    from stacks.state import StateStack

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
        self.settings, self._topics = settings, topics_for(self, notifications)
        self.registry, self.service, self._data, self._edge = registry, service, data, edge
        for other in (config.release_source, *config.release_targets):
            if other:
                self.name_partner(other.account_id)
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
        stages = [*ReleaseSource(self).stages(), *self._approval(), *self._changing_stages(), *self._hand_over()]
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
            repositories=[registry.repositories[name] for name in self.names],
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
    def names(self) -> tuple[str, ...]:
        """The services."""
        return tuple(self.service.services)

    @property
    def built(self) -> tuple[str, ...]:
        """The artifacts of all services."""
        return tuple(buildspecs.artifact(name) for name in self.names)

    def project(self, build: Build) -> BuildProject:
        """Add a build of the pipeline."""
        project = BuildProject(self, f"{build.name}-project", config=build, place=self._place)
        self.projects[build.name] = project
        return project

    def _approval(self) -> list[Stage]:
        if not self.settings.approval:
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
        rules = alarm_rules(self, list(self.service.services.values()), self.service.load_balancer)
        pipeline_grants.grant_alarms(self.role)
        migrate = self._migrate(rules)
        return [self._release(), *migrate, self._deploy(() if migrate else rules)]

    def _release(self) -> Stage:
        """An image without the tag may expire while it runs."""
        project = self.project(builds.tag_release(self.names))
        self._grant_tags(project)
        return Stage(name="Release", actions=(Action.build("tag-release", project.name, inputs=self.built),))

    def _migrate(self, rules: tuple[Rule, ...]) -> list[Stage]:
        """The databases first: files that users see do not change if a migration fails."""
        actions = []
        if self.settings.migrations:
            project = self._add_migrate()
            inputs = (buildspecs.artifact(self.settings.migrations.service),)
            actions.append(Action.build("migrate", project.name, inputs=inputs))
        if files := self.static_files:
            repository = self.registry.repositories[files.service]
            project = self.project(builds.publish(files.publish_variables, repository_url=repository.url))
            repository.grant_pull(project.role)
            files.grant_publish(project.role)
            inputs = (buildspecs.artifact(files.service),)
            actions.append(Action.build("publish", project.name, inputs=inputs, run_order=len(actions) + 1))
        return [Stage(name="Migrate", actions=tuple(actions), rules=rules)] if actions else []

    def _add_migrate(self) -> BuildProject:
        settings, data = self.settings.migrations, self._data
        if settings is None or data is None:
            raise WiringError(self, "there are migrations and no database; the settings are checked for it")
        parameters = {_URLS[name]: database.roles.urls[_OWNER] for name, database in data.databases.items()}
        project = self.project(
            builds.migrate(settings, urls={name: parameter.name for name, parameter in parameters.items()})
        )
        for parameter in parameters.values():
            parameter.grant_read(project.role)
        for database in data.databases.values():
            database.allow_owner_from(project)
        self.registry.repositories[settings.service].grant_pull(project.role)
        return project

    def _deploy(self, rules: tuple[Rule, ...]) -> Stage:
        """All services side by side, then the load test: it needs the new version at the address."""
        actions = [self._deploy_action(name) for name in self.names]
        groups = self.service.deployment_groups
        if groups:
            services = [self.service.services[name] for name in groups]
            pipeline_grants.grant_blue_green(self.role, self.label, list(groups.values()), services)
        if load_test := builds.load_test(self.config):
            name = self.project(load_test).name
            actions.append(Action.build("load-test", name, inputs=(self.built[0],), category="Test", run_order=2))
        return Stage(name="Deploy", actions=tuple(actions), rules=rules, rolls_back=True)

    def _deploy_action(self, name: str) -> Action:
        artifact = buildspecs.artifact(name)
        service = self.service.services[name]
        group = self.service.deployment_groups.get(name)
        if group:
            return Action.blue_green(
                f"{name}-deploy", application=group.application_name, group=group.name, artifact=artifact
            )
        project = self.projects.get("deploy") or self.project(builds.deploy(self.service.cluster.name))
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
        project = self.project(
            builds.hand_over(
                self.names,
                releases_url=f"s3://{self.store.releases.name}/{prefix}",
                migrations=self.settings.migrations,
            )
        )
        self._grant_tags(project)
        self.store.grant_release(project.role, prefix=prefix)
        hand_over.allow_release_readers(
            self.store.releases, self.delivery_key, environment=self.config.name, targets=targets
        )
        hand_over.allow_image_readers(self, self.registry.repositories, targets=targets)
        return [Stage(name="HandOver", actions=(Action.build("hand-over", project.name, inputs=self.built),))]

    @property
    def static_files(self) -> StaticFiles | None:
        """The files for CloudFront that a release brings; None if it brings none."""
        settings, edge, config = self.settings.assets, self._edge, self.config.edge
        if settings is None or edge is None or config is None:
            return None
        return StaticFiles(settings, edge.assets, prefix=config.static_prefix, distribution=edge.distribution)

    def grant_images_and_files(self, project: BuildProject, services: tuple[str, ...]) -> None:
        """Let a build read and write what the releases of these services consist of."""
        role = project.role
        build_grants.grant_images_and_scans(
            role,
            [self.registry.repositories[name] for name in services],
            enhanced=self.config.registry.scanning == "enhanced",
        )
        build_grants.grant_release_files(role, self.service.release_files.bucket, self.service.logs_key, services)
        files = self.static_files
        if files and files.service in services:
            files.grant_copy(role)

    def _grant_tags(self, project: BuildProject) -> None:
        build_grants.grant_tags(project.role, list(self.registry.repositories.values()))

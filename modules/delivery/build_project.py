"""A CodeBuild project of the pipeline, in the private subnets, with a role, a log and a security group of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.codebuild_project import (
    CodebuildProject,
    CodebuildProjectArtifacts,
    CodebuildProjectCache,
    CodebuildProjectEnvironment,
    CodebuildProjectEnvironmentEnvironmentVariable,
    CodebuildProjectLogsConfig,
    CodebuildProjectLogsConfigCloudwatchLogs,
    CodebuildProjectLogsConfigS3Logs,
    CodebuildProjectSource,
    CodebuildProjectVpcConfig,
)
from cdktf_cdktf_provider_aws.codebuild_report_group import CodebuildReportGroup, CodebuildReportGroupExportConfig
from constructs import Construct

from modules.boundary import Boundary
from modules.errors import LimitError
from modules.label import Label, NameLimit
from modules.log_group import LogGroup
from modules.network.connections import Port, SecurityGroup
from modules.policy import Condition, Statement
from modules.role import Role, ServicePrincipal
from templates.buildspecs import MOST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modules.delivery.artifact_store import ArtifactStore
    from modules.key import Key
    from modules.network.connections import Connections
    from modules.network.vpc import Vpc
    from modules.network.vpc_endpoints import GatewayEndpoints, InterfaceEndpoints

# https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
_IMAGE: Final = "aws/codebuild/amazonlinux-aarch64-standard:3.0"
_TYPE: Final = "ARM_CONTAINER"
_COMPUTE: Final = "BUILD_GENERAL1_SMALL"
_QUEUED_MINUTES: Final = 30
_HTTPS: Final = Port.tcp(443)
_HTTP: Final = Port.tcp(80)
_ANYWHERE: Final = "0.0.0.0/0"
_INTERFACES: Final = (
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
"""What CodeBuild needs on everything to put a build into a VPC; the permission for the interface names the subnets.

https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface
"""


@dataclass(frozen=True, kw_only=True)
class BuildPlace:
    """What all projects of a pipeline share."""

    label: Label
    vpc: Vpc
    key: Key
    store: ArtifactStore
    pipeline: str
    """Name of the pipeline that starts them."""
    repository_urls: Mapping[str, str]
    """Where the image of each service is: a build takes images from nowhere else."""
    log_retention_days: int
    gateway_endpoints: GatewayEndpoints
    endpoints: InterfaceEndpoints | None
    has_internet: bool


@dataclass(frozen=True, kw_only=True)
class Build:
    """What one project runs."""

    name: str
    description: str
    buildspec: str | Callable[[str], str]
    """The text; one with reports is made from the ARN of its report group."""
    variables: Mapping[str, str] = field(default_factory=dict)
    docker: bool = False
    """Whether it runs Docker, for which the build is root on its own machine."""
    installs_packages: bool = False
    """Whether it also reaches HTTP: the images of Debian and Ubuntu install from mirrors that they name by http://."""
    timeout_minutes: int = 30
    has_reports: bool = False
    role: str | None = None
    """Component of the name of its role, if another environment must know it."""


class BuildProject(Construct):
    """A project that only the pipeline starts; its role has only what the grants of other constructs add.

    Those of its artifacts come from the actions that run it: `grant_builds` of modules/delivery/pipeline_grants.py.

    It reaches AWS and the internet over HTTPS, and over HTTP if it installs packages; nothing reaches it. The cache is
    in S3: a local one is on a machine that the next build does not get in a VPC.
    """

    def __init__(self, scope: Construct, id_: str, *, config: Build, place: BuildPlace) -> None:
        """Create the project.

        Raises:
            LimitError: The buildspec is longer than CodeBuild accepts.
        """
        super().__init__(scope, id_)
        label = place.label
        self.id = id_
        self.full_name = name = label.name(config.name, limit=NameLimit.CODEBUILD)
        """Its name, known before it exists."""
        self.role = Role(
            self,
            "role",
            label=label,
            name=config.role or config.name,
            service=ServicePrincipal.CODEBUILD,
            description=f"The build {config.name} of the pipeline",
            boundary=Boundary.DELIVERY,
        )
        self._group = SecurityGroup(
            self,
            "security-group",
            label=label,
            vpc=place.vpc,
            name=config.name,
            description=f"The build {config.name}",
        )
        log = LogGroup(
            self,
            "logs",
            label=label,
            name=f"/aws/codebuild/{name}",
            retention_days=place.log_retention_days,
            key=place.key,
        )
        log.grant_write(self.role)
        self._reach(place, http=config.installs_packages)
        self._join(place)
        place.store.grant_build(self.role, project=name)
        text = config.buildspec if isinstance(config.buildspec, str) else config.buildspec(self._reports(config, place))
        if len(text) > MOST_CHARACTERS:
            message = f"its buildspec has {len(text)} characters; it must have {MOST_CHARACTERS} or fewer"
            raise LimitError(self, message, remedy="shorten its commands")
        variables = {
            "ENVIRONMENT": label.environment,
            "PROJECT": label.project,
            **place.store.programs.variables,
            "REPOSITORY_URLS": json.dumps(dict(place.repository_urls)),
            **config.variables,
        }
        self._project = CodebuildProject(
            self,
            "Default",
            name=name,
            description=config.description,
            service_role=self.role.arn,
            build_timeout=config.timeout_minutes,
            queued_timeout=_QUEUED_MINUTES,
            encryption_key=place.key.arn,
            source=CodebuildProjectSource(type="CODEPIPELINE", buildspec=text),
            artifacts=CodebuildProjectArtifacts(type="CODEPIPELINE"),
            environment=CodebuildProjectEnvironment(
                compute_type=_COMPUTE,
                image=_IMAGE,
                type=_TYPE,
                image_pull_credentials_type="CODEBUILD",
                privileged_mode=config.docker,
                environment_variable=[
                    CodebuildProjectEnvironmentEnvironmentVariable(name=key, value=value, type="PLAINTEXT")
                    for key, value in variables.items()
                ],
            ),
            cache=CodebuildProjectCache(type="S3", location=place.store.cache_location(name)),
            logs_config=CodebuildProjectLogsConfig(
                cloudwatch_logs=CodebuildProjectLogsConfigCloudwatchLogs(status="ENABLED", group_name=log.name),
                s3_logs=CodebuildProjectLogsConfigS3Logs(status="DISABLED"),
            ),
            vpc_config=CodebuildProjectVpcConfig(
                vpc_id=place.vpc.id, subnets=place.vpc.private_subnet_ids, security_group_ids=[self._group.id]
            ),
            # CodeBuild tries the role's permissions for the VPC when it creates the project.
            depends_on=[*self.role.dependables, *log.dependables],
        )

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group; databases allow it."""
        return self._group.connections

    @cached_property
    def name(self) -> str:
        """Name of the project."""
        return self._project.name

    @cached_property
    def arn(self) -> str:
        """ARN of the project."""
        return self._project.arn

    def _reports(self, config: Build, place: BuildPlace) -> str:
        """The ARN of its report group."""
        group = CodebuildReportGroup(
            self,
            "reports",
            name=place.label.name(config.name, limit=NameLimit.REPORT_GROUP),
            type="TEST",
            export_config=CodebuildReportGroupExportConfig(type="NO_EXPORT"),
            delete_reports=True,
        )
        # https://docs.aws.amazon.com/codebuild/latest/userguide/test-permissions.html; the group exists
        self.role.add_to_policy(
            Statement(
                actions=("codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:UpdateReport"),
                resources=(group.arn,),
            )
        )
        return group.arn

    def _reach(self, place: BuildPlace, *, http: bool) -> None:
        self.connections.allow_to_prefix_list(place.gateway_endpoints.s3_prefix_list_id, name="s3", port=_HTTPS)
        if place.endpoints:
            place.endpoints.connections.allow_from(self)
        if place.has_internet:
            for port in (_HTTPS, _HTTP) if http else (_HTTPS,):
                self.connections.allow_to_cidr(_ANYWHERE, name="internet", port=port)

    def _join(self, place: BuildPlace) -> None:
        label = place.label
        self.role.add_to_policy(
            Statement(sid="AllowNetworkInterfaces", actions=_INTERFACES, resources=("*",)),
            Statement(
                sid="AllowNetworkInterfacePermission",
                actions=("ec2:CreateNetworkInterfacePermission",),
                resources=(label.arn("ec2", "network-interface/*"),),
                conditions=(
                    Condition(
                        operator="StringEquals",
                        key="ec2:AuthorizedService",
                        values=(ServicePrincipal.CODEBUILD.value,),
                    ),
                    Condition(
                        operator="ArnEquals",
                        key="ec2:Subnet",
                        values=tuple(label.arn("ec2", f"subnet/{subnet}") for subnet in place.vpc.private_subnet_ids),
                    ),
                ),
            ),
        )

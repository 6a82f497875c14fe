"""The hook of blue/green deployments: a function that asks the test listener for the paths of a new version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.errors import WiringError
from modules.function import Function
from modules.network.connections import Port
from modules.policy import Statement
from modules.service.deployment_group import application_name
from modules.topic import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modules.key import Key
    from modules.label import Label
    from modules.network.connections import Connections
    from modules.network.vpc import Vpc
    from modules.service.load_balancer import LoadBalancer
    from modules.topic import Topics

_TIMEOUT_SECONDS: Final = 300
_ANYWHERE: Final = "0.0.0.0/0"
_HTTPS: Final = Port.tcp(443)


class SmokeTest(Construct):
    """A function in the private subnets for all services of the layer; nothing else may reach the test listener.

    It knows a service by the application of the deployment that calls it, and asks the load balancer at its private
    addresses: the name of a public one has only public addresses, and requests through NAT gateways have none of the
    function's security group.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        vpc: Vpc,
        load_balancer: LoadBalancer,
        is_public: bool,
        host_name: str,
        paths: Mapping[str, Sequence[str]],
        key: Key,
        log_retention_days: int,
        topics: Topics,
    ) -> None:
        """Create the function and its way to the test listener.

        Args:
            label: Names it.
            vpc: Its private subnets run the function.
            load_balancer: Has the test listener.
            is_public: Whether the load balancer has public addresses.
            host_name: A name on its certificate, that users type.
            paths: The paths of each service by its name.
            key: Encrypts the function's variables and log.
            log_retention_days: Days that the log is kept.
            topics: The topics to notify of calls that failed.

        Raises:
            WiringError: The load balancer has no test listener.
        """
        super().__init__(scope, id_)
        if load_balancer.test_port is None:
            raise WiringError(self, "the load balancer has no test listener: there is nothing to ask")
        applications = {application_name(label, service): list(asked) for service, asked in paths.items()}
        self._function = Function(
            self,
            "function",
            label=label,
            folder="smoke_test",
            description="Tests a new version of a service before users see it",
            variables={
                "ADDRESS": load_balancer.dns_name,
                # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html
                "INTERFACES": f"ELB {load_balancer.arn_suffix}" if is_public else "",
                "HOST_NAME": host_name,
                "PORT": str(load_balancer.test_port),
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=topics,
            severity=Severity.WARNING,  # the deployment fails, and users stay with the version before
            files={"settings.json": json.dumps(applications, indent=2, sort_keys=True)},
            vpc=vpc,
            describes_interfaces=is_public,
        )
        load_balancer.connections.allow_from(self._function, port=Port.tcp(load_balancer.test_port))
        groups = tuple(label.arn("codedeploy", f"deploymentgroup:{name}/{name}") for name in applications)
        self._function.role.add_to_policy(
            Statement(actions=("codedeploy:GetDeployment",), resources=groups),
            # IAM does not grant it on single resources:
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html
            Statement(actions=("codedeploy:PutLifecycleEventHookExecutionStatus",), resources=("*",)),
        )

    @property
    def arn(self) -> str:
        """ARN of the function, for `appspec.yaml`."""
        return self._function.arn

    @property
    def connections(self) -> Connections:
        """Adds rules to its security group; interface endpoints allow it."""
        return self._function.connections

    def allow_to_internet(self) -> None:
        """Allow it to call AWS through NAT, where there is no interface endpoint."""
        self.connections.allow_to_cidr(_ANYWHERE, name="internet", port=_HTTPS)

"""The function that keeps the copies of parameters in the second region equal to the parameters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.lambda_invocation import LambdaInvocation
from constructs import Construct

from modules.function import Function
from modules.function_events import add_event_rule
from modules.function_schedule import add_schedule
from modules.key import KeyUse
from modules.policy import Condition, Statement
from modules.recovery.parameter_copies import MARKER
from modules.runbook import Runbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.key import Key
    from modules.label import Label
    from modules.parameter import Parameter
    from modules.topic import Topics

_FOLDER: Final = "parameter_mirror"
_TIMEOUT_SECONDS: Final = 120
_RETRIES: Final = 5
_RETRY_SECONDS: Final = 3600
_CHANGES: Final = ("Create", "Update")
"""The operations after which a value can be another one. Not Delete: it changes no copy, and an apply that removes a
parameter removes its copy a little later. A deletion by mistake is found by the run of each day.

https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
"""


class ParameterMirror(Construct):
    """A function that is called by each change of a parameter, and daily for all, because AWS may lose an event.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/event-delivery-level.html

    The apply that makes it calls it, and so does each one after which other parameters are copied, or to another place:
    no event follows for values that were set before. Such an apply fails, and names the parameter, if one cannot be
    copied, as while the second region does not answer; the next apply repeats the call. Others do not need that region.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        parameters: Sequence[Parameter],
        region: str,
        copies_key_alias: str,
        key: Key,
        log_retention_days: int,
        topics: Topics,
    ) -> None:
        """Create the function, with what calls it.

        Args:
            label: Names it.
            parameters: What is copied.
            region: Where the copies are.
            copies_key_alias: Alias of the key there that encrypts them.
            key: Encrypts the function's variables, its log and its events.
            log_retention_days: Days that its log is kept.
            topics: Whom its alarm notifies.
        """
        super().__init__(scope, id_)
        self._label, self._parameters = label, parameters
        self.function = Function(
            self,
            "function",
            label=label,
            folder=_FOLDER,
            description=f"Copies parameters to {region}",
            variables={
                "PARAMETERS": " ".join(parameter.name for parameter in parameters),
                "MARKER_PARAMETER": label.path(MARKER),
                "COPIES_REGION": region,
                "KEY_ID": copies_key_alias,
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=key,
            log_retention_days=log_retention_days,
            topics=topics,
            runbook=Runbook.PARAMETER_MIRROR,
        )
        for parameter in parameters:
            parameter.grant_read(self.function.role)
        self._grant_copies(region, copies_key_alias)
        self._call_first(region, copies_key_alias)
        add_schedule(
            self,
            label=label,
            name="parameter-mirror",
            rate="rate(1 day)",
            function=self.function,
            event={"action": "all"},
            key=key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=("Compares all parameters with their copies", "Calls the function parameter-mirror"),
        )
        self._call_on_changes()

    def _grant_copies(self, region: str, key_alias: str) -> None:
        """Let it read and write the copies, by their names, and use their key, by its alias."""
        copies = tuple(self._label.arn("ssm", f"parameter{one.name}", region=region) for one in self._parameters)
        marker = self._label.arn("ssm", f"parameter{self._label.path(MARKER)}", region=region)
        self.function.role.add_to_policy(
            Statement(sid="ReadCopies", actions=("ssm:GetParameter",), resources=copies),
            Statement(sid="WriteCopies", actions=("ssm:PutParameter",), resources=(*copies, marker)),
            Statement(
                sid="EncryptCopies",
                actions=("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"),
                resources=(self._label.arn("kms", "key/*", region=region),),
                conditions=(
                    # https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
                    Condition(operator="ForAnyValue:StringEquals", key="kms:ResourceAliases", values=(key_alias,)),
                    *KeyUse.parameter(*copies, marker, sid="").conditions(region),
                ),
            ),
        )

    def _call_first(self, region: str, key_alias: str) -> None:
        """Call it for all parameters, when what is copied has changed.

        A change of `input` replaces the call, so one that failed is not in the state, and is repeated:
        https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/lambda_invocation
        """
        names = sorted(parameter.name for parameter in self._parameters)
        LambdaInvocation(
            self,
            "first",
            function_name=self.function.name,
            # The function reads the action alone; the others let Terraform call again.
            input=json.dumps({"action": "all", "parameters": names, "region": region, "key": key_alias}),
            # It comes after its rights, and these after the parameters, which can be of another stack.
            depends_on=self.function.dependables,
        )

    def _call_on_changes(self) -> None:
        add_event_rule(
            self,
            label=self._label,
            name="parameter-mirror",
            description="Changes of the parameters that have copies in the second region",
            pattern={
                "source": ["aws.ssm"],
                "detail-type": ["Parameter Store Change"],
                "detail": {
                    "name": [parameter.name for parameter in self._parameters],
                    "operation": list(_CHANGES),
                },
            },
            function=self.function,
        )

"""Whether an environment sleeps, as the function of its schedule says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from preflight.account import error_code
from runner.sleeping import SleepFunction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from operations.account import Account
    from synthesis.manifest import Stack


def describe_sleep(account: Account, stacks: Mapping[str, Stack]) -> str:
    """Awake or asleep, and until when; for people."""
    function = SleepFunction.of(stacks)
    if function is None:
        return "awake: it has no [cost.sleep]"
    client = account.elsewhere(function.region).client("lambda")
    try:
        answer = client.invoke(FunctionName=function.name, Payload=json.dumps({"action": "status"}))
    except ClientError as error:
        if error_code(error) == "ResourceNotFoundException":
            return f"not known: its schedule is not applied yet (make apply ENV={function.environment} LAYER=cost)"
        raise
    told: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        return f"not known: its schedule failed: {told.get('errorMessage')} (docs/runbooks.md#sleep-schedule)"
    doing = f" ({told['doing']})" if told.get("doing") else ""
    until = f", to be {told['wanted']} until {told['until']}" if told.get("until") else ""
    return f"{told['phase']}{doing}{until}"

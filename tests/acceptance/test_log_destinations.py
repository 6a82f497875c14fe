"""A log group can be forwarded to the destinations that an environment names, by its own account only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from acceptance.account import EmulatedSession
from acceptance.log_destinations import make_log_destinations

if TYPE_CHECKING:
    from config.environment import Environment
    from emulator import Emulator

DESTINATION = "arn:aws:logs:us-east-1:950000000000:destination:company-logs"


def forward(session: EmulatedSession) -> None:
    logs = session.client("logs")
    logs.create_log_group(logGroupName="/acme/api")
    logs.put_subscription_filter(
        logGroupName="/acme/api", filterName="forward", filterPattern="", destinationArn=DESTINATION
    )


def test_only_the_environments_account_may_forward(
    emulator: Emulator, session: EmulatedSession, account_id: str, environments: dict[str, Environment]
) -> None:
    dev = environments["dev"]
    logs = dev.logs.model_copy(update={"forward_to": (DESTINATION,)})
    make_log_destinations(dev.model_copy(update={"logs": logs, "account_id": account_id}), emulator)

    forward(session)
    stranger = EmulatedSession(url=emulator.url, account_id="950000000001", region="us-east-1")
    with pytest.raises(ClientError, match="not authorized to perform PutSubscriptionFilter"):
        forward(stranger)

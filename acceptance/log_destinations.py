"""The destinations of forwarded logs, in another account: on AWS they are there before an environment names them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from acceptance.account import EmulatedSession

if TYPE_CHECKING:
    from config.environment import Environment
    from emulator import Emulator


def make_log_destinations(environment: Environment, emulator: Emulator) -> None:
    """Create each destination that an environment forwards to, and let its account in."""
    for arn in environment.logs.forward_to:
        _, _, _, region, owner, _, name = arn.split(":")
        logs = EmulatedSession(url=emulator.url, account_id=owner, region=region).client("logs")
        logs.put_destination(
            destinationName=name,
            targetArn=f"arn:aws:kinesis:{region}:{owner}:stream/{name}",
            roleArn=f"arn:aws:iam::{owner}:role/{name}",
        )
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": environment.account_id},
            "Action": "logs:PutSubscriptionFilter",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        logs.put_destination_policy(destinationName=name, accessPolicy=policy)

"""Say which region serves: as a metric, each minute, from which Route 53 decides where the names lead.

    {}                       publish what the parameter says
    {"serve": "us-west-2"}   write it into the parameter first

A parameter without a region yet means the environment's own region. Any other text in it is an error, and nothing is
published: Route 53 then stays with what it knew last.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LOGGER = logging.getLogger()
LOGGER.setLevel(logging.INFO)

PLACEHOLDER: Final = "unset"
"""The value that Terraform writes into a parameter whose value it does not know."""
_AWS: Final = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})


class UnknownRegionError(Exception):
    """A region that the environment does not have; the message names those that it has."""


def handler(
    event: Mapping[str, Any],
    context: object,  # noqa: ARG001 (Lambda passes it)
    *,
    client: Callable[[str], Any] | None = None,
) -> dict[str, Any]:
    """Publish which region serves, and return it with the one that did before.

    Raises:
        UnknownRegionError: The event or the parameter has another region than these two; nothing is published.
    """
    made = client or (lambda service: boto3.client(service, config=_AWS))
    parameters = made("ssm")
    name, home = os.environ["PARAMETER"], os.environ["HOME_REGION"]
    before = parameters.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    serves = event.get("serve", home if before == PLACEHOLDER else before)
    if serves not in {home, os.environ["SECOND_REGION"]}:
        source = "the event" if "serve" in event else name
        message = f'"{serves}" in {source} must be {home} or {os.environ["SECOND_REGION"]}'
        raise UnknownRegionError(message)
    if serves != before:
        # With the key, or Parameter Store would take the account's own.
        parameters.put_parameter(
            Name=name, Value=serves, Type="SecureString", KeyId=os.environ["KEY_ID"], Overwrite=True
        )
    made("cloudwatch").put_metric_data(
        Namespace=os.environ["NAMESPACE"],
        MetricData=[{"MetricName": os.environ["METRIC"], "Value": 0 if serves == home else 1}],
    )
    result = {"serves": serves, "before": home if before == PLACEHOLDER else before}
    LOGGER.info("%s", result)
    return result

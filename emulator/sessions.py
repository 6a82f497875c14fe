"""Clients with which a service of the emulator calls others, with the credentials of a role.

They call the emulator itself over HTTP, so what refuses a caller refuses them too.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.config import Config
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from emulator import address
from emulator.registry import REGISTRY

_SECONDS: Final = 12 * 3600
_LOCK: Final = threading.Lock()


@dataclass(frozen=True)
class Session:
    """The credentials of an assumed role."""

    region: str
    key: str
    secret: str
    token: str
    clients: dict[str, Any] = field(default_factory=dict, compare=False)

    def client(self, service: str) -> Any:
        """A client of a service in the region of the session; the caller must not have the emulator's lock."""
        with _LOCK:  # boto3 creates clients in one thread at a time
            if service not in self.clients:
                self.clients[service] = boto3.client(
                    service,
                    endpoint_url=address.current(),
                    region_name=self.region,
                    aws_access_key_id=self.key,
                    aws_secret_access_key=self.secret,
                    aws_session_token=self.token,
                    config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
                )
            return self.clients[service]

    def variables(self) -> dict[str, str]:
        """The environment variables with the credentials."""
        return {
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_SESSION_TOKEN": self.token,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def assume(role_arn: str, *, name: str, account: str, region: str) -> Session:
    """Assume a role for a service."""
    with REGISTRY.lock:
        found = sts_backends[account][get_partition(region)].assume_role(
            region_name=region,
            role_session_name=name,
            role_arn=role_arn,
            policy="",
            duration=_SECONDS,
            external_id="",
        )
    return Session(region, found.access_key_id, found.secret_access_key, found.session_token)

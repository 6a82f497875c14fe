"""An environment's account on the emulator: for Terraform, for boto3, for a shell."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import create_loader

from runner import environment

if TYPE_CHECKING:
    from emulator import Emulator
    from synthesis.manifest import Stack


# To read the model of a service takes longer than most calls: all sessions share them.
_LOADER: Final = create_loader()


class EmulatedSession(boto3.Session):  # type: ignore[misc]  # boto3 has no types
    """A boto3 session whose clients call the emulator; code that takes a session works on AWS as well."""

    def __init__(self, *, url: str, account_id: str, region: str) -> None:
        core = botocore.session.Session()
        core.register_component("data_loader", _LOADER)
        super().__init__(
            aws_access_key_id=account_id,
            aws_secret_access_key="test",  # noqa: S106
            region_name=region,
            botocore_session=core,
        )
        self._url = url
        self._clients: dict[str, Any] = {}

    def client(self, service_name: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as boto3 has it
        """A client of a service; without other arguments, the same one each time."""
        if args or kwargs:
            return self._new_client(service_name, *args, **kwargs)
        if service_name not in self._clients:
            self._clients[service_name] = self._new_client(service_name)
        return self._clients[service_name]

    def _new_client(self, service_name: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        # No proxy of the shell: it cannot reach an address of this machine.
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, proxies={})
        custom = kwargs.pop("config", None)
        # Without it S3 Control puts the account before the host, and there is no such host.
        if service_name == "s3control":
            config = config.merge(Config(inject_host_prefix=False))
        config = config.merge(custom) if custom else config
        return super().client(service_name, *args, **{"endpoint_url": self._url, "config": config, **kwargs})


@dataclass(frozen=True)
class Account:
    """The account and the region that the stacks of an environment name."""

    id: str
    region: str
    emulator: Emulator

    @classmethod
    def from_stack(cls, stack: Stack, emulator: Emulator) -> Account:
        """The account that a stack's provider allows."""
        return cls(stack.providers[0]["allowed_account_ids"][0], stack.region, emulator)

    def environ(self) -> dict[str, str]:
        """The environment of a Terraform that can reach this account and no other."""
        return {
            **environment.without_account(os.environ),
            **self.emulator.environment(account=self.id, region=self.region),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def session(self, region: str | None = None) -> EmulatedSession:
        """A boto3 session in the account."""
        return EmulatedSession(url=self.emulator.url, account_id=self.id, region=region or self.region)

    def exports(self) -> dict[str, str]:
        """The variables that a shell needs for `aws` and for `make plan` of any layer."""
        return self.emulator.environment(account=self.id, region=self.region)

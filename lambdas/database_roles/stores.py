"""Where logins and urls are stored: Secrets Manager and Parameter Store.

Terraform creates a secret without a value, and a parameter with the value "unset". Only this function writes them then.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from .database import StoreError
from .patience import Patience

if TYPE_CHECKING:
    from .settings import Place

UNSET: Final = "unset"


@dataclass(frozen=True, kw_only=True)
class Login:
    """A login with its password. RDS Proxy reads the first two keys of its text."""

    username: str
    password: str = field(repr=False)
    set_at: datetime

    def text(self) -> str:
        """What `parse` reads."""
        return json.dumps({"username": self.username, "password": self.password, "set_at": self.set_at.isoformat()})

    @staticmethod
    def parse(text: str, *, place: Place, username: str) -> Login:
        """Read it.

        Raises:
            StoreError: It is not what this function writes there.
        """
        try:
            read = json.loads(text)
            login = Login(
                username=read["username"], password=read["password"], set_at=datetime.fromisoformat(read["set_at"])
            )
        except (ValueError, KeyError, TypeError):
            login = None
        if login is None or login.username != username or not login.password or login.set_at.tzinfo is None:
            # Without the cause, whose message would have the text.
            message = (
                f"{place} does not hold the login {username} as this function writes it; "
                f'write "{UNSET}" to it and invoke the function with {{"action": "apply"}}'
            )
            raise StoreError(message) from None
        return login


@dataclass(frozen=True, kw_only=True)
class Stores:
    """Reads and writes both."""

    ssm: Any
    secrets: Any
    key_id: str
    """The key of the parameters; a secret keeps its own."""
    patience: Patience = field(default_factory=lambda: Patience(seconds=20, pause_seconds=1))

    def read(self, place: Place) -> str | None:
        """The value; None before the first one."""
        value = self._read_secret(place.name) if place.service == "secret" else self._read_parameter(place.name)
        return None if value in {None, UNSET} else value

    def write(self, place: Place, text: str) -> None:
        """Replace the value and wait until it can be read: both services are only eventually consistent.

        Raises:
            StoreError: What is read stays another value.
        """
        if place.service == "secret":
            self.secrets.put_secret_value(SecretId=place.name, SecretString=text)
        else:
            # With its key each time, or Parameter Store would change to the account's own.
            self.ssm.put_parameter(Name=place.name, Value=text, Type="SecureString", KeyId=self.key_id, Overwrite=True)
        self.patience.repeat(lambda: self._compare(place, text), while_raises=_is_other_value)

    def written_at(self, place: Place) -> datetime:
        """When a parameter was last written."""
        return _in_utc(self.ssm.get_parameter(Name=place.name, WithDecryption=False)["Parameter"]["LastModifiedDate"])

    def parameter(self, name: str) -> str | None:
        """The value of a parameter that another one writes; None if it is not there yet."""
        try:
            value = self._read_parameter(name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ParameterNotFound":
                return None
            raise
        return None if value == UNSET else value

    def _compare(self, place: Place, text: str) -> None:
        if self.read(place) != text:
            message = f"{place} does not show the value that was written to it; invoke the function again"
            raise StoreError(message)

    def _read_parameter(self, name: str) -> str:
        return str(self.ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def _read_secret(self, name: str) -> str | None:
        try:
            return str(self.secrets.get_secret_value(SecretId=name)["SecretString"])
        except ClientError as error:
            # Also of a secret that is there and has no value; writing to one that is not there fails the same way.
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise


def _is_other_value(error: Exception) -> bool:
    return isinstance(error, StoreError)


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone() if moment.tzinfo is None else moment

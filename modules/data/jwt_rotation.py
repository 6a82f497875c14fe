"""JWT signing secrets that are rotated automatically; the previous secret stays valid for one more period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.data.generated_password import GeneratedPassword
from modules.function import Function
from modules.function_schedule import add_schedule
from modules.parameter import Parameter

if TYPE_CHECKING:
    from modules.key import Key
    from modules.label import Label
    from modules.policy import Grantable
    from modules.topic import Topics

# Terraform writes the first values only; the rotation writes all later ones.
_FIRST: Final = 1
_TIMEOUT_SECONDS: Final = 30
_RETRIES: Final = 5
_RETRY_SECONDS: Final = 3600


class JwtRotation(Construct):
    """The parameters `jwt/current` and `jwt/previous`, and a function that rotates them on a schedule.

    A service signs with `current` and verifies with both. It must read them while it runs, not only when it starts:
    tasks that are older than a rotation need the new secret too.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        rotation_days: int,
        log_retention_days: int,
        label: Label,
        key: Key,
        logs_key: Key,
        topics: Topics,
    ) -> None:
        super().__init__(scope, id_)
        self.current = self._add_secret("current", label, key)
        self.previous = self._add_secret("previous", label, key)
        self.function = Function(
            self,
            "function",
            label=label,
            folder="jwt_rotation",
            description="Replaces the secret that signs JWTs and keeps the one before",
            variables={
                "CURRENT_PARAMETER": self.current.name,
                "PREVIOUS_PARAMETER": self.previous.name,
                "KEY_ID": key.arn,
                # Half a period: longer than any retry takes, shorter than the time between two rotations.
                "MIN_AGE_HOURS": str(rotation_days * 12),
            },
            timeout_seconds=_TIMEOUT_SECONDS,
            key=key,
            logs_key=logs_key,
            log_retention_days=log_retention_days,
            topics=topics,
        )
        self.current.grant_read_write(self.function.role)
        self.previous.grant_read_write(self.function.role)
        add_schedule(
            self,
            label=label,
            name="jwt-rotation",
            rate=f"rate({rotation_days} {'day' if rotation_days == 1 else 'days'})",
            function=self.function,
            event={"action": "rotate"},
            key=key,
            retries=_RETRIES,
            retry_seconds=_RETRY_SECONDS,
            descriptions=("Rotation of the JWT signing secret", "Starts the rotation of the JWT signing secret"),
        )

    @property
    def by_name(self) -> dict[str, Parameter]:
        """The two parameters by the last part of their path."""
        return {"current": self.current, "previous": self.previous}

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read both."""
        for parameter in self.by_name.values():
            parameter.grant_read(grantee)

    def _add_secret(self, name: str, label: Label, key: Key) -> Parameter:
        return Parameter.generated(
            self,
            name,
            label=label,
            key=key,
            name=f"jwt/{name}",
            value=GeneratedPassword(self, f"first-{name}").value,
            version=_FIRST,
        )

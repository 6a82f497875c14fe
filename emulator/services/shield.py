"""AWS Shield Advanced: moto protects without a subscription."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.shield.models import shield_backends

from emulator.registry import Context, guard

if TYPE_CHECKING:
    from emulator.store import Shape


@guard("shield", "CreateProtection", "CreateProtectionGroup")
def refuse_without_subscription(_: Shape, context: Context) -> None:
    """Refuse to protect anything in an account that is not subscribed; moto's own check raises the error.

    https://github.com/aws/aws-sdk-go/issues/4000
    """
    context.backend(shield_backends, "aws").describe_subscription()

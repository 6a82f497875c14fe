"""The replication of images belongs to an account and region, so one environment there can have copies of its own."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.errors import Problem


def check_registry(
    place: tuple[str, str], recovery_region: str | None, others: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """The problems with the other environments that replicate the registry of the same account and region.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-settings-configure.html

    Args:
        place: Account and region of the environment.
        recovery_region: The region of its copies; None if it has none.
        others: What is in the files of the others, by their names; a file that is not valid is reported elsewhere.
    """
    if recovery_region is None:
        return
    for name, table in others.items():
        recovery = table.get("recovery")
        if (table.get("account_id"), table.get("region")) != place or not isinstance(recovery, dict):
            continue
        if recovery.get("mode") != "none":
            yield Problem(
                key="recovery.region",
                value=recovery_region,
                allowed=f'would replace the replication of images of "{name}", which is in the same account and '
                'region: set mode = "none" in one of them, or move it to another account',
            )

"""One object creates every name and tag, so that all follow one scheme and stay within AWS's limits."""

from __future__ import annotations

from dataclasses import dataclass, replace

from config.names import NameLimit, Names

__all__ = ["Label", "NameLimit"]


@dataclass(frozen=True, kw_only=True)
class Label(Names):
    """Names and tags of one layer of one environment in one account and region."""

    layer: str
    owner: str
    cost_center: str
    recovery_region: str | None = None
    """The region of the copies of data and states; None if there are none."""
    log_destination: str | None = None
    """ARN of the destination in its region to which every log group is forwarded, too."""

    def in_home_region(self) -> Label:
        """The same layer, with the names of the environment's own region."""
        return self.in_region(self.home_region)

    def in_region(self, region: str) -> Label:
        """The same layer, with the names of another region of the environment."""
        return replace(self, region=region)

    @property
    def in_regions_with_state(self) -> tuple[Label, ...]:
        """The same layer in each region that keeps states: the environment's own one, and that of the copies."""
        copies = [self.in_region(self.recovery_region)] if self.recovery_region else []
        return (self.in_home_region(), *copies)

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """ARN of a resource of this account, from its name; pass `region=""` for a global service."""
        return f"arn:aws:{service}:{self.region if region is None else region}:{self.account_id}:{resource}"

    def name_tag(self, component: str) -> dict[str, str]:
        """The `Name` tag, which the console shows for resources that have no name attribute."""
        return {"Name": self.name(component, limit=NameLimit.TAG_VALUE)}

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every resource (the provider's `default_tags`)."""
        return {
            "Project": self.project,
            "Environment": self.environment,
            "Layer": self.layer,
            "ManagedBy": "terraform",
            "Owner": self.owner,
            "CostCenter": self.cost_center,
        }

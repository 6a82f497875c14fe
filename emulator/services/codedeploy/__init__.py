"""AWS CodeDeploy: what moto lacks of groups, configurations, deployments and revisions."""

from emulator.services.codedeploy import configurations, deployments, groups, revisions

__all__ = ["configurations", "deployments", "groups", "revisions"]

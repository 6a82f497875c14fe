"""AWS CodeDeploy: what moto lacks of groups, configurations and deployments."""

from emulator.services.codedeploy import configurations, deployments, groups

__all__ = ["configurations", "deployments", "groups"]

"""Keeps auto-scaling from changing a service while CodeDeploy deploys it."""

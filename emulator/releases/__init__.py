"""Blue/green deployments of ECS services by CodeDeploy: task sets, listeners, hooks, and the steps between them."""

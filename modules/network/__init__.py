"""The VPC, its endpoints and flow logs, and the security groups."""

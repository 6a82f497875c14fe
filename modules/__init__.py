"""Constructs: AWS resources with safe defaults. Only this package imports the AWS bindings."""

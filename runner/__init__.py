"""Runs Terraform on the synthesized JSON, without the cdktf CLI."""

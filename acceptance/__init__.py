"""Acceptance runs without a cloud: real Terraform applies and destroys every stack on the emulator."""

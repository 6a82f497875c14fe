"""Rehearses releases on the emulator: a push, and everything that follows from what Terraform has made."""

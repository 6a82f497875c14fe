"""Runs checkov, in an environment of its own, on the HCL of each environment, and reads what it says."""

"""Code of the function `copy-heartbeats`."""

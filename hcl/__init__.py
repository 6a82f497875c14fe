"""Writes the synthesized JSON as plain HCL, per stack and as one graph per environment: docs/hcl.md.

python-hcl2 writes HCL as well, but not by the schemas of providers, which say what is an argument and what a block.
Spaces are left to `terraform fmt`.
"""

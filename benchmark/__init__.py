"""Measures time and memory of synthesis and of plans: stock cdktf, this project, TypeScript, and plain Terraform."""

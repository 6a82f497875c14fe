"""Rules over the synthesized JSON: what a stack must look like before Terraform may see it."""

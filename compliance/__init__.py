"""Rules over the synthesized JSON: what must hold in a stack before Terraform may run on it."""

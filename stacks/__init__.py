"""One file per layer: each wires constructs into one Terraform state, and decides nothing else."""

"""One file per layer: a stack composes constructs into one Terraform state and makes no decisions of its own."""

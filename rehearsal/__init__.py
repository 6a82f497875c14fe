"""An apply without a cloud: every stack's whole life, by real Terraform, on the emulator."""

"""An apply without a cloud: every stack's whole run, by real Terraform, on the emulator."""

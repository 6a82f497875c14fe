"""What a person does beside Terraform; each is a `make` target."""

"""Constructs: each a piece of AWS that is safe by default. The only place that imports the AWS bindings."""

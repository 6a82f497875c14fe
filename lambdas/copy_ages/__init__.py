"""Code of the function `copy-ages`."""

"""Code of the function `restore-check`."""

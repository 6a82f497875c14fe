"""Code of the function `restore-reader`."""

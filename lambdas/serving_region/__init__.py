"""Code of the function `serving-region`."""

"""Code of the function `parameter-mirror`."""

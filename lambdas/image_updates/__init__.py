"""Code of the function `image-updates`."""

"""One HTML page that shows the whole platform, from the synthesized JSON and from what the other rooms say of it."""

"""What AWS charges: list prices with their sources, for the texts of settings and for reports on costs."""

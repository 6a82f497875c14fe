"""Dashboards and objectives, over the metrics of the other layers."""

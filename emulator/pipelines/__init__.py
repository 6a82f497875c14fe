"""Executions of pipelines: their stages and actions really run, from a push to a deployment."""

"""Runs the builds of CodeBuild projects: the commands of the buildspec, each in a process of this machine."""

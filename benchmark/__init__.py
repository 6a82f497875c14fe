"""Measures time and memory of synthesis: stock cdktf, this project, and TypeScript as the lower bound of the engine."""

"""The demonstration: `python -m tools.demo`."""

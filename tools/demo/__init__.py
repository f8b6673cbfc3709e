"""The demo: python -m tools.demo."""

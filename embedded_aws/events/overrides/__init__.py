"""Overrides of EventBridge."""

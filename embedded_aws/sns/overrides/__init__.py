"""Overrides of SNS."""

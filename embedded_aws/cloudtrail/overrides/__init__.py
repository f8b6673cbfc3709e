"""CloudTrail: overrides of moto's operations."""

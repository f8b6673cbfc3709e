"""CloudWatch: overrides of moto's operations."""

"""CloudWatch Logs: overrides of moto's operations."""

"""CloudWatch: evaluation of alarms, their history and their actions."""

"""Log alarms: scheduled queries, their contributors, and what they may read."""

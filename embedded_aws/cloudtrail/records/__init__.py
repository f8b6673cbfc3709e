"""CloudTrail: the records of a call."""

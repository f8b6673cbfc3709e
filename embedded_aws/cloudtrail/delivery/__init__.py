"""CloudTrail: delivery to buckets, log groups and topics."""

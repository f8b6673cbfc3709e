"""SNS: subscriptions, publishing and e-mail."""

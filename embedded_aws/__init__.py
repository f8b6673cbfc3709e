"""An AWS in memory for the demo and the tests: moto with the pipeline from CloudTrail to e-mail."""

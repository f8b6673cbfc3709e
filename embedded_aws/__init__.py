"""A local AWS for the demo and the tests: moto's server, started and stopped as one process."""

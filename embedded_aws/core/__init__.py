"""The server, the call and its answer, the pipeline and the state: what all services share."""

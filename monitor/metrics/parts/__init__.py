"""One file a part: METRICS yields Prometheus metrics of a Workspace. Found by listing."""

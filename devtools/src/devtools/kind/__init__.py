"""The shop on Kubernetes: a cluster of kind on this machine, and what runs in it."""

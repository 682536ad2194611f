"""What a service's HTTP side is built on: API, documents, sign-in, limits, health."""

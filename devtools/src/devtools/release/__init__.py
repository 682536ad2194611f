"""Releases: the version, the changelog, and what a release promises to its users."""

"""docs/security.md: the controls with their tests, and the table of roles."""

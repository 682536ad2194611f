"""The shop in containers: its images, what is in them, and compose."""

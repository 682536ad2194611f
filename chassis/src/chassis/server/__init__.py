"""The HTTP server: gunicorn's threads, protected from slow and broken clients."""

"""What a service's queues are built on: outbox, inbox, dead letters, triage."""

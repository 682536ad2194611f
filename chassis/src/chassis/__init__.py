"""The base of every service: settings, database, errors, remote calls and the worker.

The parts that build on the base have packages of their own: `chassis.web` (HTTP),
`chassis.messaging` (queues) and `chassis.admin` (the staff panel).
"""

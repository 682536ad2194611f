"""The jobs of the worker; the table at the end lists how often each runs."""

from chassis import logging
from chassis.worker import Job
from user_svc import steps


def set_up() -> int:
    """Create what the settings describe and the service lacks; return how much."""
    created = steps.set_up()
    for line in created:
        logging.get().info(line)
    return len(created)


JOBS = {
    "set up": Job(set_up, 3600),
    "rotate keys": Job(steps.rotate_keys, 60),
    "send mails": Job(steps.send_mails, 0.5),
    "expire mails": Job(steps.expire_mails, 60),
}

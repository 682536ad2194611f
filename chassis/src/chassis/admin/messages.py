"""The panel's views of messages: the outbox, and messages that wait for triage."""

from typing import Any

from flask_admin.actions import action

from chassis.admin.views import ModelView


class OutboxView(ModelView):
    """Events of the outbox; one that waits for its next attempt can be sent now."""

    column_list = (
        *("id", "queue", "type", "subject", "age", "attempts"),
        *("next_check_at", "published_at", "created_at"),
    )

    @action("send", "Send now", "Send these events now?")
    def send(self, ids: list[str]) -> None:
        """Let the relay send the events at its next turn."""
        self.each(ids, "send", lambda row: row.send_now())


class TriageView(ModelView):
    """Messages that wait for triage; the edit form drops a message for a reason."""

    can_edit = True
    form_columns = ("note",)
    form_args = {"note": {"label": "Drop this message, because"}}  # noqa: RUF012

    def on_edit(self, row: Any, data: dict[str, Any]) -> Any:
        """Drop a message; the worker deletes a dead letter from its queue."""
        row.drop(data["note"])
        return row


class QuarantineView(TriageView):
    """Messages that could not be handled."""

    @action("retry", "Try again", "Put these messages through their handlers again?")
    def retry(self, ids: list[str]) -> None:
        """Let the worker handle them again."""
        self.each(ids, "retry", lambda row: row.retry())


class DeadLetterView(TriageView):
    """Messages of the dead-letter queues."""

    column_labels = {"created_at": "First seen"}  # noqa: RUF012

    @action("redrive", "Redrive", "Send these messages to their queue again?")
    def redrive(self, ids: list[str]) -> None:
        """Let the worker send them again."""
        self.each(ids, "redrive", lambda row: row.retry())


VIEWS: dict[str, type[ModelView]] = {
    "outbox": OutboxView,
    "quarantine": QuarantineView,
    "dead_letters": DeadLetterView,
}

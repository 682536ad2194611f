"""Messages in the panel: what is on its way, and what waits for a person."""

from typing import Any

from flask_admin.actions import action

from chassis.admin.views import ModelView


class OutboxView(ModelView):
    """Events on their way to a queue; one that waits for its next try is sent now."""

    column_list = (
        *("id", "queue", "type", "subject", "age", "attempts"),
        *("claimed_until", "published_at", "created_at"),
    )

    @action("send", "Send now", "Send these events now?")
    def send(self, ids: list[str]) -> None:
        """Let the relay take them at its next turn."""
        self.each(ids, "send", lambda row: row.send_now())


class TriageView(ModelView):
    """Messages that wait for a person; to edit one is to drop it for a reason."""

    can_edit = True
    form_columns = ("note",)
    form_args = {"note": {"label": "Drop this message, because"}}  # noqa: RUF012

    def on_edit(self, row: Any, data: dict[str, Any]) -> Any:
        """Drop a message; the worker takes a dead letter off its queue."""
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

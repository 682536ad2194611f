"""The list of registered webhooks."""


def test_the_webhook_is_listed_with_its_events_as_an_object(client, served, receiver):
    [found] = client.webhook.all()["items"]

    assert found["url"] == receiver.url
    assert found["active"]
    assert found["events"]["payment_link.paid"] is True


def test_without_an_address_there_is_no_webhook(client, served):
    served.set_webhook_url("")

    assert client.webhook.all()["items"] == []

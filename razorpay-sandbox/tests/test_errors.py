from gunicorn.http.errors import InvalidChunkSize

LINKS, ORDERS = "/v1/payment_links", "/v1/orders"


def test_an_unknown_url_is_rejected_as_at_razorpay(api, served):
    for method in ("GET", "POST", "DELETE", "PUT"):
        answer = api.request(method, f"{served.url}/v1/nothing")
        assert answer.status_code == 400
        assert answer.json()["error"] == {
            "code": "BAD_REQUEST_ERROR",
            "description": "The requested URL was not found on the server.",
            "source": "NA",
            "step": "NA",
            "reason": "NA",
            "metadata": {},
        }


def test_a_wrong_method_is_rejected_like_an_unknown_url(api, served):
    answer = api.delete(served.url + LINKS)

    assert answer.status_code == 400


def test_a_body_of_more_than_a_mebibyte_is_rejected(api, served):
    answer = api.post(served.url + ORDERS, data=b" " * (1024 * 1024 + 1))

    assert answer.status_code == 413


def test_a_body_that_the_server_cannot_read_is_rejected(served):
    class Broken:
        def read(self, *_):
            raise InvalidChunkSize(b"xyz")

    answer = served.app.test_client().post(
        LINKS,
        environ_overrides={"wsgi.input": Broken(), "wsgi.input_terminated": True},
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/json"},
        auth=(served.key_id, served.key_secret),
    )

    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "BAD_REQUEST_ERROR"

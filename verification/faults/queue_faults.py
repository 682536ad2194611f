"""Faults of real SQS that an emulator lacks: copies, disorder, partial batch failures.

The faults parse the AWS JSON protocol of SendMessageBatch; other calls pass.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from verification.faults.calls import Call, Fault
from verification.faults.wire import Message, answer

SEND = "AmazonSQS.SendMessageBatch"
JSON = "application/x-amz-json-1.0"
Entries = list[dict[str, Any]]


def choose(call: Call, fault: Fault) -> Entries:
    """Return the messages of a request that the fault strikes, often none.

    A throttled queue refuses any call, so there the whole request is one.
    """
    if fault.kind == "throttle":
        entries: Entries = [{}] if call.request.get("x-amz-target") else []
    elif call.request.get("x-amz-target") == SEND:
        entries = json.loads(call.request.body)["Entries"]
    else:
        entries = []
    return [one for one in entries if call.random.random() < fault.probability]


async def duplicate_message(call: Call, fault: Fault, chosen: Entries) -> None:
    """Deliver messages, and up to two copies (`copies` - 1) of each some time later."""
    found = await call.forward()
    for entry in chosen:
        for _ in range(call.random.randint(1, max(1, fault.copies - 1))):
            call.later(_with(call.request, [entry]), fault)
    await call.reply(found.encode())


async def hold_message(call: Call, fault: Fault, chosen: Entries) -> None:
    """Hold messages and deliver them later, so that others overtake them."""
    taken = {"Successful": [_receipt(call, entry) for entry in chosen]}
    found = await _send_rest(call, chosen, taken)
    for entry in chosen:
        call.later(_with(call.request, [entry]), fault)
    await call.reply(found.encode())


async def partial_batch(call: Call, fault: Fault, chosen: Entries) -> None:
    """Refuse some messages of a batch and accept the others, with HTTP 200."""
    refused = {"Failed": [_failure(entry) for entry in chosen]}
    await call.reply((await _send_rest(call, chosen, refused)).encode())


async def throttle(call: Call, fault: Fault, chosen: Entries) -> None:
    """Throttle the call; nothing arrives."""
    words = {"__type": "com.amazonaws.sqs#RequestThrottled", "message": "Slow down."}
    found = answer("400 Bad Request", JSON, json.dumps(words).encode())
    code = "RequestThrottled;Sender"
    await call.reply(found.having("x-amzn-query-error", code).encode())


async def _send_rest(
    call: Call, without: Entries, outcomes: dict[str, Entries]
) -> Message:
    """Send the other messages; return the queue's answer with more outcomes in it."""
    rest = [e for e in json.loads(call.request.body)["Entries"] if e not in without]
    if not rest:
        return answer("200 OK", JSON, json.dumps(outcomes).encode())
    found = await call.forward(_with(call.request, rest))
    if not found.first.startswith("HTTP/1.1 200"):
        return found
    body = json.loads(found.body)
    merged = body | {key: body.get(key, []) + more for key, more in outcomes.items()}
    return found.containing(json.dumps(merged).encode())


def _with(request: Message, entries: Entries) -> Message:
    body = json.loads(request.body) | {"Entries": entries}
    return request.containing(json.dumps(body).encode())


def _receipt(call: Call, entry: dict[str, Any]) -> dict[str, Any]:
    digest = hashlib.md5(entry["MessageBody"].encode(), usedforsecurity=False)
    number = call.random.getrandbits(64)
    receipt = {
        "MessageId": f"held-{number:016x}",
        "MD5OfMessageBody": digest.hexdigest(),
    }
    return {"Id": entry["Id"], **receipt}


def _failure(entry: dict[str, Any]) -> dict[str, Any]:
    words = "The queue could not take this message."
    failure = {"Code": "InternalError", "Message": words, "SenderFault": False}
    return {"Id": entry["Id"], **failure}


KINDS: Mapping[str, Callable[[Call, Fault, Entries], Awaitable[None]]] = {
    fault.__name__: fault
    for fault in (duplicate_message, hold_message, partial_batch, throttle)
}

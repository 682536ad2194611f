"""Faults of any request: lost, delayed, duplicated, or answered with garbage."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from verification.faults.calls import Call, Fault
from verification.faults.wire import Message, answer

HTML = "text/html; charset=utf-8"
PAGE = "<!doctype html><html><head><title>{0}</title></head><body>{0}</body></html>"
SIGNATURE = "x-razorpay-signature"


async def passed(call: Call) -> None:
    """Forward the request and the answer unchanged."""
    await call.reply((await call.forward()).encode())


async def lose_request(call: Call, fault: Fault) -> None:
    """Close the connection before the request arrives."""
    call.writer.transport.abort()


async def lose_answer(call: Call, fault: Fault) -> None:
    """Let the effect happen, and close the connection before the answer."""
    await call.forward()
    call.writer.transport.abort()


async def late_request(call: Call, fault: Fault) -> None:
    """Close the connection now; deliver the request later."""
    call.later(call.request, fault)
    call.writer.transport.abort()


async def black_hole(call: Call, fault: Fault) -> None:
    """Accept the request and send nothing until the client disconnects."""
    await call.until_left()
    call.writer.transport.abort()


async def slow(call: Call, fault: Fault) -> None:
    """Deliver the request late, while the client waits."""
    await call.pause(call.draw(fault))
    await passed(call)


async def delay_answer(call: Call, fault: Fault) -> None:
    """Let the effect happen now, and send the answer late."""
    found = await call.forward()
    await call.pause(call.draw(fault))
    await call.reply(found.encode())


async def trickle(call: Call, fault: Fault) -> None:
    """Send the answer byte by byte."""
    raw = (await call.forward()).encode()
    pause = call.draw(fault) / len(raw)
    for place in range(len(raw)):
        await call.reply(raw[place : place + 1])
        await call.pause(pause)


async def truncate(call: Call, fault: Fault) -> None:
    """Send half of the body (without a body: of the first line) and disconnect."""
    found = await call.forward()
    half = found.head() + found.body[: len(found.body) // 2]
    await call.reply(half if found.body else half[: len(found.first) // 2])


async def garbage(call: Call, fault: Fault) -> None:
    """Let the effect happen; answer 200 with an unreadable body."""
    await call.forward()
    await call.reply(answer("200 OK", "application/json", b'{"id": "\xff\x00').encode())


async def bad_gateway(call: Call, fault: Fault) -> None:
    """Answer 502 as a gateway does; the request does not arrive."""
    await call.reply(_page("502 Bad Gateway").encode())


async def too_many(call: Call, fault: Fault) -> None:
    """Answer 429 with Retry-After; the request does not arrive."""
    await call.reply(_page("429 Too Many Requests", Retry_After="1").encode())


async def server_error(call: Call, fault: Fault) -> None:
    """Fail after the effect (500) or before it (503)."""
    if call.random.random() < 0.5:
        await call.forward()
        await call.reply(_page("500 Internal Server Error").encode())
    else:
        await call.reply(_page("503 Service Unavailable").encode())


async def duplicate(call: Call, fault: Fault) -> None:
    """Deliver the request several times at once; return the first answer."""
    first, *_ = await asyncio.gather(*(call.forward() for _ in range(fault.copies)))
    await call.reply(first.encode())


async def forged(call: Call, fault: Fault) -> None:
    """Deliver the webhook with one wrong character in its signature."""
    found = await call.forward(_forge(call.request))
    if found.first.split(" ")[1].startswith("2"):
        call.count("forged_accepted")
    await call.reply(found.encode())


def _forge(request: Message) -> Message:
    signature = request.get(SIGNATURE)
    other = "1" if signature.startswith("0") else "0"
    return request.having(SIGNATURE, other + signature[1:])


def _page(status: str, **more: str) -> Message:
    return answer(status, HTML, PAGE.format(status).encode(), **more)


KINDS: Mapping[str, Callable[[Call, Fault], Awaitable[None]]] = {
    "refuse": lose_request,  # for connections that were accepted already
    **{
        fault.__name__: fault
        for fault in (
            lose_request,
            lose_answer,
            late_request,
            black_hole,
            slow,
            delay_answer,
            trickle,
            truncate,
            garbage,
            bad_gateway,
            too_many,
            server_error,
            duplicate,
            forged,
        )
    },
}

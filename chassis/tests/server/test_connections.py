"""A client's socket: no read or write waits longer than the client may take."""

import socket

import pytest

from chassis.server import connections
from chassis.server.connections import PACE, PATIENCE, ClientSocket, SlowClient


@pytest.fixture
def pair(clock):
    ours, theirs = socket.socketpair()
    client = ClientSocket(ours)
    with client, theirs:
        theirs.setblocking(False)
        yield client, theirs


def test_each_byte_gives_a_client_more_time(pair, clock):
    client, theirs = pair
    theirs.send(b"x" * PACE)
    before = client.deadline

    client.recv(PACE)

    assert before == clock.now + PATIENCE
    assert client.deadline == before + 1


def test_a_read_whose_time_is_over_ends(pair, clock):
    client, _ = pair
    client.setblocking(True)
    clock.now += PATIENCE

    with pytest.raises(SlowClient):
        client.recv(1)


def test_what_a_client_does_not_take_is_kept_in_order(pair):
    client, theirs = pair
    sent = bytes(range(256)) * 8192

    client.sendall(sent)
    assert client.unsent
    received = b""
    while len(received) < len(sent):
        received += theirs.recv(1 << 20)
        client.flush()

    assert received == sent
    assert not client.unsent


def test_a_client_that_reads_nothing_is_given_up(pair, monkeypatch):
    client, _ = pair
    monkeypatch.setattr(connections, "UNSENT_MOST", 1 << 20)
    client.sendall(b"x" * (4 << 20))

    with pytest.raises(ConnectionResetError):
        client.sendall(b"x")

"""Ports for the broker."""

from __future__ import annotations

import socket

from services.runtime.broker.ports import free_port, is_free


def test_a_kept_port_is_kept_while_it_is_free() -> None:
    """Clients find the broker where it was."""
    port = free_port()

    assert free_port(kept=port) == port


def test_a_kept_port_that_is_taken_is_replaced() -> None:
    """Another program's port is left to it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]

        assert (is_free(taken), free_port(kept=taken) != taken) == (False, True)


def test_ports_lie_below_those_of_outgoing_connections() -> None:
    """A client that retries can't end up connected to itself on the port that the broker wants back."""
    assert all(20_000 <= free_port() < 32_000 for _ in range(20))

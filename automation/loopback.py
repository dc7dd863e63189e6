"""Sockets that only this machine reaches."""

from __future__ import annotations

import os
import socket


def listen(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; port 0 takes a free one. Raises `OSError` where it is taken."""
    # Only where the protocol is named does asyncio switch off Nagle's algorithm, which costs 40 ms an answer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # on Windows this option would let two servers share one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(128)  # from here on connections wait for the server instead of being refused
    except OSError:
        listening.close()
        raise
    return listening

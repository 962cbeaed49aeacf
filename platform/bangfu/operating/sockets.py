"""What a supervisor (systemd) hands over and is told: a listening socket that outlives this process, and when it is
ready (sd_listen_fds, sd_notify)."""

import os
import socket

_FIRST = 3


def handed_over() -> list[socket.socket]:
    """The listening sockets that were meant for this process; none without a supervisor. They are taken once: a child
    process does not find them."""
    meant, number = os.environ.pop("LISTEN_PID", ""), os.environ.pop("LISTEN_FDS", "")
    os.environ.pop("LISTEN_FDNAMES", None)
    if meant != str(os.getpid()) or not number.isdigit():
        return []
    found = []
    for place in range(_FIRST, _FIRST + int(number)):
        os.set_inheritable(place, False)
        found.append(socket.socket(fileno=place))
    return found


def notify(state: str) -> None:
    """Tell the supervisor `READY=1` or `STOPPING=1`; without one nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.connect("\0" + address[1:] if address.startswith("@") else address)
            line.send(state.encode())
        except OSError:
            return  # a supervisor that does not listen loses a message, not its portal

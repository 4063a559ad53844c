"""Open the pages on this machine."""

from __future__ import annotations

import socket
import webbrowser
from typing import Annotated

import typer

from base.errors import BadInput
from monitor.cli import options
from monitor.workspace import Workspace


def COMMAND(
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the pages; 0 takes a free one.")
    ] = None,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser, too.")] = True,
) -> None:
    """Serve the pages to this machine only; prints the address that opens them, once."""
    workspace = options.workspace()
    serve(workspace, workspace.settings.dashboard_port if port is None else port, is_opened=open_)


def serve(workspace: Workspace, port: int, *, is_opened: bool = False) -> None:
    """Serve until interrupted. Raises NotAllowed for a host that other machines can reach."""
    import uvicorn  # imported late: `unite serve --help` needs none of it

    from dashboard.app import create_app
    from dashboard.sign_in import Sessions, require_loopback

    host = workspace.settings.dashboard_host
    require_loopback(host)
    held = _bind(host, port)
    port = held.getsockname()[1]
    sessions = Sessions()
    app = create_app(workspace, sessions, port)
    shown = f"[{host}]" if ":" in host else host
    public = workspace.settings.dashboard_address
    address = f"{public or f'http://{shown}:{port}'}/?token={sessions.token}"
    print(f"Open this address, once: {address}", flush=True)
    if is_opened:
        webbrowser.open(address)
    # The access log would hold the token and every question that somebody asked; the server's own
    # log would hold the words of errors, and goes through ours (log_config).
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, ws="none",
        proxy_headers=False,  # whom a proxy speaks for is no matter of ours
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[held])


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
        held.listen()  # who opens the printed address at once waits, and is not refused
    except OSError as error:
        held.close()
        raise BadInput(
            f"port {port} cannot be used ({error.strerror})",
            where="unite serve",
            hint="unite serve --port 0",
        ) from error
    return held

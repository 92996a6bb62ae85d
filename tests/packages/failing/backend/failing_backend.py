"""Its build_wheel fails. The variable FAILING names what it does before: nothing, or `connect`."""

import os
import socket
import sys


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    if os.environ.get("FAILING") == "connect":
        for port in (80, 443):
            try:
                socket.create_connection(("192.0.2.1", port), timeout=2)  # TEST-NET-1: nobody's
            except OSError as error:
                print("no connection:", error)
    sys.exit("the backend gives up")

"""Code of the package asks a server of the container's, whose log then says which of it ran with the container's network."""

import os
import urllib.request


def ask(what):
    call = os.environ.get("PLUG_CALL", "none").replace(" ", "-")
    try:
        urllib.request.urlopen(f"http://127.0.0.1:8000/probe/@name@/{what}/{call}", timeout=5).close()
    except OSError:
        pass

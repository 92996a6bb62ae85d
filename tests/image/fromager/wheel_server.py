"""The package index on 127.0.0.1 from which build environments are filled."""

import contextlib
import functools
import http.server
import os
import threading


class _Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        name = self.path.removeprefix("/simple/").strip("/")
        if not self.path.startswith("/simple/"):
            return super().do_GET()
        # /simple/NAME/: the wheels of NAME, all of them in one directory.
        stem = name.replace("-", "_").lower() + "-"
        files = [f for f in os.listdir(self.directory) if f.lower().startswith(stem)]
        page = "".join(f'<a href="/{f}">{f}</a>\n' for f in sorted(files)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def serve(directory):
    """Yields the index URL of a server for the wheels in `directory`."""
    handler = functools.partial(_Handler, directory=str(directory))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple/"
    finally:
        server.shutdown()

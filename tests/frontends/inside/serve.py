"""An index (PEP 503) of the wheels of a directory, on the loopback: serve.py DIRECTORY PORT"""

import http.server
import pathlib
import re
import sys

DIRECTORY = pathlib.Path(sys.argv[1])


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments):
        super().__init__(*arguments, directory=DIRECTORY)

    def do_GET(self):
        match = re.fullmatch(r"/simple/([^/]+)/", self.path)
        if not match:
            super().do_GET()
            return
        files = [f.name for f in DIRECTORY.glob("*.whl") if normal(f.name.split("-")[0]) == normal(match[1])]
        page = "<!DOCTYPE html><html><body>" + "".join(f'<a href="/{n}">{n}</a>' for n in files) + "</body></html>"
        self.send_response(200 if files else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()

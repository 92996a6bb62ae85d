"""Addresses and sockets of the builder's."""

from .cause import BUILDERS_UID, BY_IDENTITY, BY_NETWORK, BY_VIEWS, Cause, connects, views

FIX = {"network": "container"}
DATAGRAM = """
    import socket
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
    s.sendto(b'x', ('198.51.100.7', 8081)); s.recv(1)"""


def tcp(host, port):
    return f"import socket; socket.create_connection(('{host}', {port}), 5)"


ROWS = [
    Cause("dns", (r"198\.51\.100\.53|index\.example", BY_NETWORK), "import socket; socket.getaddrinfo('index.example', 80)",
          place="network", fix=FIX),
    Cause("address", (r"198\.51\.100\.7", BY_NETWORK), tcp("198.51.100.7", 8080), "serve tcp 198.51.100.7:8080", place="network", fix=FIX),
    Cause("udp", (r"198\.51\.100\.7", BY_NETWORK), DATAGRAM, "serve udp 198.51.100.7:8081", place="network", fix=FIX),
    Cause("loopback", (r"8101", BY_NETWORK), "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8101/').read()",
          "serve tcp 127.0.0.1:8101", fix=FIX),
    Cause("loopback-6", (r"8102", BY_NETWORK), tcp("::1", 8102), "serve tcp ::1:8102", fix=FIX),
    Cause("localhost-by-name", (r"8103", BY_NETWORK), tcp("localhost", 8103), "serve tcp 127.0.0.1:8103", fix=FIX),
    Cause("proxy", (r"8104", BY_NETWORK), "import os, urllib.request; urllib.request.urlopen('http://files.example/x').read()",
          "serve tcp 127.0.0.1:8104", environ=("http_proxy=http://127.0.0.1:8104", "no_proxy="), fix=FIX),
    Cause("socket-in-run", (r"/run/causes/socket", BY_VIEWS), connects("/run/causes/socket"),
          "mkdir -p /run/causes; serve unix /run/causes/socket", fix=views("/run/causes/socket")),
    Cause("socket-in-tmp", (r"/tmp/causes-socket", BY_VIEWS), connects("/tmp/causes-socket"), "serve unix /tmp/causes-socket",
          fix=views("/tmp/causes-socket")),
    Cause("socket-in-home", (r"/agent-socket", BY_VIEWS), connects("~/agent-socket"), "serve unix $HOME/agent-socket",
          fix=views("$HOME/agent-socket")),
    Cause("socket-closed", (r"/opt/causes/closed-socket", BY_IDENTITY), connects("/opt/causes/closed-socket"),
          "serve unix /opt/causes/closed-socket; chmod 0600 /opt/causes/closed-socket", fix=BUILDERS_UID),
    Cause("socket-abstract", (r"causes-abstract", BY_NETWORK), connects("\\0causes-abstract"), "serve unix @causes-abstract", fix=FIX),
]

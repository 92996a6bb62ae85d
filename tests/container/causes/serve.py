"""A server of the builder's, in the background when this returns: serve.py tcp|udp|unix|dns ADDRESS

It answers each request: an HTTP request with a file of one byte, a datagram with a byte, a question for a name with
198.51.100.7.
"""

import os
import socket
import sys


def internet(address):
    host, _, port = address.rpartition(":")
    return socket.AF_INET6 if ":" in host else socket.AF_INET, (host, int(port))


def listen(kind, address):
    if kind == "unix":
        server = socket.socket(socket.AF_UNIX)
        server.bind("\0" + address[1:] if address.startswith("@") else address)
        if not address.startswith("@"):
            os.chmod(address, 0o777)
    else:
        family, where = internet(address)
        server = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
        server.bind(where)
    if server.type == socket.SOCK_STREAM:
        server.listen()
    return server


def dns_answer(question):
    header = question[:2] + b"\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"
    asked = question[12 : question.index(b"\0", 12) + 5]
    if asked[-4:-2] != b"\0\x01":  # no address of IPv4: there is none
        return question[:2] + b"\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00" + asked
    return header + asked + b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04" + socket.inet_aton("198.51.100.7")


def serve(kind, server):
    while True:
        if server.type == socket.SOCK_DGRAM:
            data, peer = server.recvfrom(4096)
            server.sendto(dns_answer(data) if kind == "dns" else b"x", peer)
        else:
            connection = server.accept()[0]
            connection.settimeout(1)
            try:
                if connection.recv(4096).startswith(b"GET"):
                    connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx")
            except OSError:
                pass
            connection.close()


kind, address = sys.argv[1:]
server = listen(kind, address)
if os.fork() == 0:
    os.setsid()
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    serve(kind, server)

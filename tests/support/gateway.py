"""A router that is asked by UPnP, made after the Internet Gateway Device specification; what it says is scripted."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_DESCRIPTION = """<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><serviceList>
<service><serviceType>urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1</serviceType>
<controlURL>/common</controlURL></service>
<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>
<serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId><controlURL>/igd/wan</controlURL></service>
</serviceList></device></root>"""
_ANSWER = """<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<u:GetExternalIPAddressResponse xmlns:u="urn:schemas-upnp-org:service:WANIPConnection:1">
<NewExternalIPAddress>{address}</NewExternalIPAddress></u:GetExternalIPAddressResponse></s:Body></s:Envelope>"""


@contextmanager
def gateway(says: str, *, address: str = "127.0.0.1", location: str = "", port: int = 0) -> Iterator[int]:
    """Answers SSDP at this port, and says this external address; ``location`` instead of where it really is."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(_DESCRIPTION)

        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            right = self.path == "/igd/wan" and b"GetExternalIPAddress" in asked
            self._reply(_ANSWER.format(address=says) if right else "<no/>")

        def _reply(self, text: str) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((address, 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    where = location or f"http://{address}:{server.server_port}/igd.xml"
    done = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind((address, port))
        listening.settimeout(0.05)

        def answer() -> None:
            while not done.is_set():
                with suppress(TimeoutError):
                    _, client = listening.recvfrom(2048)
                    listening.sendto(f"HTTP/1.1 200 OK\r\nLOCATION: {where}\r\nST: x\r\n\r\n".encode(), client)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            done.set()
            thread.join()
            server.shutdown()
            server.server_close()

"""The container of a service until its first release: a public image that passes the health check.

It breaks a circle: a service needs an image, an image needs a pipeline, a pipeline needs a service. The image is
Python, because the official image is small, exists for both processors, has openssl for a certificate, and can serve
with one command: no writable folder, no root, no package to install. It answers every path with 200, or with what
the health check expects instead, and the body says that it is not the application.
"""

from __future__ import annotations

from typing import Final

# The certificate is only in memory (memfd), because the file system is read-only.
_SERVER: Final = """\
import http.server, os, ssl, subprocess
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        body = b"No release of this service is deployed yet.\\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
    do_HEAD = do_GET
    def log_message(self, *words):
        pass
class Server(http.server.ThreadingHTTPServer):
    def finish_request(self, request, address):
        if context:
            request.settimeout(10)
            request = context.wrap_socket(request, server_side=True)
        super().finish_request(request, address)
    def handle_error(self, request, address):
        pass
context = None
if os.environ["PROTOCOL"] == "HTTPS":
    made = subprocess.run("openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=placeholder -keyout - -out -"
        .split(), check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    memory = os.memfd_create("certificate")
    os.write(memory, made)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"/proc/self/fd/{memory}")
Server(("", int(os.environ["PORT"])), Answer).serve_forever()
"""


_STATUS: Final = "self.send_response(200)"
_BODY: Final = 'b"No release of this service is deployed yet.\\n"'
_WITHOUT_BODY: Final = (204, 304)
"""https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1"""


def command(*, port: int, protocol: str, status: int = 200) -> tuple[str, ...]:
    """The container's command: serve `protocol` ("HTTP" or "HTTPS") on `port`, with `status` on every path."""
    settings = f'import os; os.environ.update(PORT="{port}", PROTOCOL="{protocol}")\n'
    server = _SERVER.replace(_STATUS, f"self.send_response({status})")
    return ("python3", "-c", settings + (server.replace(_BODY, 'b""') if status in _WITHOUT_BODY else server))

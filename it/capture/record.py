#!/usr/bin/env python3
"""Records what real front ends send, as annotated .hex fixtures.

    it/capture/record.py [directory for the .hex files]

Starts a private httpd on free loopback ports with mod_jk and mod_proxy_ajp in front of a small recording AJP backend, sends requests
through both, and writes one file per front end and scenario. Everything it starts, it stops. Needs httpd with mod_jk, curl, openssl and
htpasswd; the directory with httpd's modules is taken from HTTPD_MODULES.
"""
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

MODULES = os.environ.get("HTTPD_MODULES", "/usr/lib/apache2/modules")
HTTPD = os.environ.get("HTTPD") or shutil.which("apache2") or shutil.which("httpd")
FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "src/test/resources/wire"

METHODS = ("OPTIONS GET HEAD POST PUT DELETE TRACE PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK ACL REPORT VERSION-CONTROL CHECKIN "
           "CHECKOUT UNCHECKOUT SEARCH MKWORKSPACE UPDATE LABEL MERGE BASELINE-CONTROL MKACTIVITY").split()
HEADERS = ("accept accept-charset accept-encoding accept-language authorization connection content-type content-length cookie cookie2 "
           "host pragma referer user-agent").split()
ATTRIBUTES = {1: "context", 2: "servlet_path", 3: "remote_user", 4: "auth_type", 5: "query_string", 6: "jvm_route", 7: "ssl_cert",
              8: "ssl_cipher", 9: "ssl_session", 10: "req_attribute", 11: "ssl_key_size", 12: "secret", 13: "stored_method",
              255: "are_done"}


PONG = b"AB\x00\x01\x09"
HEAD = b"AB\x00\x10\x04\x00\xc8\x00\x02OK\x00\x00\x01\xa0\x03\x00\x010\x00"
ASK = b"AB\x00\x03\x06\x1f\xfa"
END = b"AB\x00\x02\x05\x01"


class Fields:
    """Walks one payload and keeps (bytes, comment) for every field."""

    def __init__(self, payload):
        self.payload, self.at, self.lines = payload, 0, []

    def raw(self, count, comment):
        data = self.payload[self.at:self.at + count]
        assert len(data) == count, f"{comment}: {count} bytes at {self.at}"
        self.at += count
        self.lines.append((data, comment))
        return data

    def byte(self, describe):
        value = self.payload[self.at]
        self.raw(1, describe(value))
        return value

    def uint16(self, describe):
        value = struct.unpack_from(">H", self.payload, self.at)[0]
        self.raw(2, describe(value))
        return value

    def string(self, label):
        length = struct.unpack_from(">H", self.payload, self.at)[0]
        if length == 0xFFFF:
            self.raw(2, f"{label}: null")
            return None
        text = self.payload[self.at + 2:self.at + 2 + length]
        self.raw(length + 3, f"{label}: {shown(text)}")
        return text

    def rest(self, comment):
        if self.at < len(self.payload):
            self.raw(len(self.payload) - self.at, comment)


def shown(text):
    plain = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\' else f"\\x{b:02x}" for b in text)
    return f'"{plain}"' if len(plain) <= 100 else f'"{plain[:60]}..." ({len(text)} bytes)'


def annotate(packet, is_body):
    """Returns the lines of one packet, and what the recorder has to know of it."""
    length = struct.unpack_from(">H", packet, 2)[0]
    fields = Fields(packet[4:])
    lines = [(packet[:4], f"web server, payload {length} bytes")]
    if is_body:
        if length:
            size = fields.uint16(lambda v: f"body chunk, {v} bytes" if v else "body chunk, end")
            if size:
                fields.raw(size, shown(fields.payload[2:2 + size]))
            fields.rest("behind the data")
        else:
            lines[0] = (packet[:4], "web server, payload 0 bytes: nothing more to send")
        return lines + fields.lines, {}
    kind = fields.byte(lambda v: {2: "FORWARD_REQUEST", 10: "CPING"}.get(v, "?"))
    info = {"type": kind}
    if kind == 2:
        forward_request(fields, info)
    fields.rest("TRAILING BYTES")
    return lines + fields.lines, info


def forward_request(fields, info):
    fields.byte(lambda v: "method " + ("stored" if v == 255 else METHODS[v - 1]))
    for label in ("protocol", "request URI", "remote address", "remote host", "server name"):
        fields.string(label)
    fields.uint16(lambda v: f"server port {v}")
    fields.byte(lambda v: f"is TLS: {v}")
    for _ in range(fields.uint16(lambda v: f"{v} headers")):
        code = struct.unpack_from(">H", fields.payload, fields.at)[0]
        if code >> 8 == 0xA0:
            name = HEADERS[code - 0xA001]
            fields.uint16(lambda v: f"header {name}")
        else:
            name = fields.string("header").decode("latin-1").lower()
        info[name] = fields.string("  value")
    while True:
        code = fields.byte(lambda v: ATTRIBUTES[v])
        if code == 255:
            return
        if code == 11:
            fields.uint16(lambda v: f"  {v} bits")
        elif code == 10:
            fields.string("  name")
            fields.string("  value")
        else:
            fields.string("  value")


class Recorder:
    """An AJP backend that answers everything with 200 and keeps what it was sent."""

    def __init__(self):
        self.packets = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        with peer:
            try:
                while self.one_message(peer):
                    pass
            except OSError:
                pass

    def one_message(self, peer):
        packet = read_packet(peer)
        if packet is None:
            return False
        info = self.keep(packet, False)
        if info["type"] == 10:
            peer.sendall(PONG)
            return True
        length = int(info.get("content-length") or 0)
        while length > 0:
            received = self.body_chunk(peer)
            if received == 0:
                break
            length -= received
            if length > 0:
                peer.sendall(ASK)
        while "transfer-encoding" in info:
            peer.sendall(ASK)
            if self.body_chunk(peer) == 0:
                break
        peer.sendall(HEAD + END)
        return True

    def body_chunk(self, peer):
        packet = read_packet(peer)
        if packet is None:
            return 0
        self.keep(packet, True)
        return max(0, len(packet) - 6)

    def keep(self, packet, is_body):
        lines, info = annotate(packet, is_body)
        self.packets.append(lines)
        return info


def read_packet(peer):
    header = read_exactly(peer, 4)
    if header is None:
        return None
    assert header[:2] == b"\x12\x34", header
    return header + (read_exactly(peer, struct.unpack(">H", header[2:])[0]) or b"")


def read_exactly(peer, count):
    data = b""
    while len(data) < count:
        piece = peer.recv(count - len(data))
        if not piece:
            return None
        data += piece
    return data


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Httpd:
    def __init__(self, home, backend):
        self.home = home
        self.backend = backend
        self.port, self.tls_port, self.compat_port, self.unparsed_port = (free_port() for _ in range(4))
        (home / "htdocs").mkdir()
        (home / "htdocs/index.html").write_text("")
        subprocess.run(["htpasswd", "-bcm", home / "users", "alice", "capture-password"], check=True, capture_output=True)
        for name in ("server", "client"):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                            "-subj", f"/CN={name}.example.test", "-keyout", home / f"{name}.key", "-out", home / f"{name}.crt"],
                           check=True, capture_output=True)
        (home / "workers.properties").write_text(self.workers())
        (home / "httpd.conf").write_text(self.configuration())
        self.process = subprocess.Popen([HTTPD, "-f", home / "httpd.conf", "-DFOREGROUND"])
        self.await_listening()

    def workers(self):
        common = f"type=ajp13\nhost=127.0.0.1\nport={self.backend}\n"
        lines = ["worker.list=plain,secret,ping,balancer"]
        for worker, extra in (("plain", ""), ("secret", "secret=capture-secret\n"), ("ping", "ping_mode=A\n"), ("route1", "")):
            lines += [f"worker.{worker}.{line}" for line in (common + extra).splitlines()]
        lines += ["worker.balancer.type=lb", "worker.balancer.balance_workers=route1"]
        return "\n".join(lines) + "\n"

    def configuration(self):
        modules = ("mpm_event", "authz_core", "authz_user", "authn_core", "authn_file", "auth_basic", "dir", "env", "setenvif", "ssl",
                   "socache_shmcb", "unixd", "proxy", "proxy_ajp", "jk")
        built_in = subprocess.run([HTTPD, "-l"], capture_output=True, text=True).stdout
        loads = "\n".join(f"LoadModule {m}_module {MODULES}/mod_{m}.so" for m in modules if f"mod_{m}.c" not in built_in)
        return f"""
ServerRoot {self.home}
ServerName www.example.test
PidFile {self.home}/httpd.pid
DefaultRuntimeDir {self.home}
Mutex file:{self.home}
{loads}
ErrorLog {self.home}/error.log
LogLevel warn
User {os.environ.get("CAPTURE_USER", "www-data")}
Group {os.environ.get("CAPTURE_GROUP", "www-data")}
StartServers 1
DocumentRoot {self.home}/htdocs
Listen 127.0.0.1:{self.port}
Listen 127.0.0.1:{self.tls_port}
Listen 127.0.0.1:{self.compat_port}
Listen 127.0.0.1:{self.unparsed_port}
UseCanonicalName Off
JkWorkersFile {self.home}/workers.properties
JkLogFile {self.home}/mod_jk.log
JkShmFile {self.home}/jk.shm
JkLogLevel warn
JkEnvVar CAPTURE_VARIABLE capture-default
<Location />
  Require all granted
</Location>
<LocationMatch "^/(jk|proxy)/private">
  AuthType Basic
  AuthName capture
  AuthUserFile {self.home}/users
  Require valid-user
</LocationMatch>
SetEnv AJP_CAPTURE_VARIABLE capture-value
SetEnv CAPTURE_VARIABLE capture-value
<VirtualHost *:{self.port}>
  {self.mounts()}
</VirtualHost>
<VirtualHost *:{self.compat_port}>
  {self.mounts()}
  JkOptions +ForwardURICompat
</VirtualHost>
<VirtualHost *:{self.unparsed_port}>
  {self.mounts()}
  JkOptions +ForwardURICompatUnparsed
</VirtualHost>
<VirtualHost *:{self.tls_port}>
  {self.mounts()}
  SSLEngine on
  SSLProtocol TLSv1.2
  SSLCertificateFile {self.home}/server.crt
  SSLCertificateKeyFile {self.home}/server.key
  SSLCACertificateFile {self.home}/client.crt
  SSLVerifyClient optional_no_ca
  SSLOptions +StdEnvVars +ExportCertData
  JkOptions +ForwardKeySize +ForwardSSLCertChain
</VirtualHost>
"""

    def mounts(self):
        to = f"ajp://127.0.0.1:{self.backend}"
        return f"""
  JkMount /jk/secret/* secret
  JkMount /jk/ping/* ping
  JkMount /jk/balanced/* balancer
  JkMount /jk/* plain
  ProxyPass /proxy/secret/ {to}/proxy/secret/ secret=capture-secret
  ProxyPass /proxy/ping/ {to}/proxy/ping/ ping=2 disablereuse=on
  ProxyPass /proxy/ {to}/proxy/
"""

    def await_listening(self):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit((self.home / "error.log").read_text())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


MOD_JK_ONLY = ("balanced/", "compat/", "unparsed/")
HOST = ["-H", "Host: www.example.test", "-A", "capture/1"]
SCENARIOS = {
    "get": ("plain GET with a query and a cookie", "index.html?name=value&odd=<>^{}|", ["-H", "Cookie: a=b; c=d", "-g"]),
    "get-odd-headers": ("TAB and obs-text in header values, an empty value", "odd?x=%C3%A4\xe4",
                        ["-H", "X-Tab: a\tb", "-H", "X-Obs: \xe4", "-H", "X-Empty;", "-H", "Accept-Language: de", "-g"]),
    "head": ("HEAD", "head", ["-I"]),
    "post": ("POST with Content-Length: the first body chunk comes unsolicited", "post", ["--data", "name=value1"]),
    "post-empty": ("POST with Content-Length 0: no body chunk", "post", ["-X", "POST", "-H", "Content-Length: 0"]),
    "post-chunked": ("chunked upload: body chunks only when asked for, then an empty one", "post",
                     ["--data", "name=value1", "-H", "Transfer-Encoding: chunked"]),
    "propfind": ("a WebDAV method that has a code", "dav/", ["-X", "PROPFIND", "-H", "Depth: 1"]),
    "stored-method": ("a method that has no code", "cache", ["-X", "PURGE"]),
    "basic-auth": ("a user whom httpd has authenticated", "private/", ["-u", "alice:capture-password"]),
    "secret": ("with a secret", "secret/", []),
    "cping": ("CPING ahead of a GET", "ping/", []),
    "balancer": ("through a balancer with a route", "balanced/", []),
    "uri-compat": ("JkOptions ForwardURICompat: the URI arrives decoded", "compat/r%C3%A4w%20x;y=1", []),
    "uri-unparsed": ("JkOptions ForwardURICompatUnparsed: the URI arrives as the client sent it", "unparsed/r%C3%A4w%20x;y=1\xe4", []),
    "tls": ("TLS with a client certificate", "tls", None),
    "client-gone": ("client sends 9 of 20 bytes and closes", None, None),
}


def send(front, scenario, httpd):
    _, path, options = SCENARIOS[scenario]
    if scenario == "client-gone":
        with socket.create_connection(("127.0.0.1", httpd.port)) as client:
            client.sendall(f"POST /{front}/gone HTTP/1.1\r\nHost: www.example.test\r\nContent-Length: 20\r\n\r\nnine byte".encode())
            client.shutdown(socket.SHUT_WR)
            client.settimeout(5)
            try:
                while client.recv(4096):
                    pass
            except OSError:
                pass
        return
    port = {"uri-compat": httpd.compat_port, "uri-unparsed": httpd.unparsed_port}.get(scenario, httpd.port)
    url = f"http://127.0.0.1:{port}/{front}/{path}"
    if scenario == "tls":
        url = f"https://127.0.0.1:{httpd.tls_port}/{front}/{path}"
        options = ["-k", "--cert", str(httpd.home / "client.crt"), "--key", str(httpd.home / "client.key")]
    command = ["curl", "-s", "-S", "-o", os.devnull, "--max-time", "20"] + HOST + options + [url]
    subprocess.run([part.encode("latin-1") for part in command], check=True)


def write(path, title, packets):
    text = [f"# {title}", "# Recorded by it/capture/record.py; one packet after another, as they came.", ""]
    for packet in packets:
        for data, comment in packet:
            for i in range(0, max(len(data), 1), 24):
                line = " ".join(f"{b:02x}" for b in data[i:i + 24])
                text.append(f"{line:<72}# {comment}" if i == 0 else line)
        text.append("")
    path.write_text("\n".join(text))


def version():
    return subprocess.run([HTTPD, "-v"], capture_output=True, text=True).stdout.split("/")[1].split()[0]


def main():
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES
    target.mkdir(parents=True, exist_ok=True)
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as directory:
        home = pathlib.Path(directory)
        home.chmod(0o755)
        httpd = Httpd(home, recorder.port)
        try:
            for front, name in (("jk", "mod_jk"), ("proxy", "mod_proxy_ajp")):
                for scenario, (title, path, _) in SCENARIOS.items():
                    if front == "proxy" and path and path.startswith(MOD_JK_ONLY):
                        continue
                    recorder.packets = []
                    send(front, scenario, httpd)
                    write(target / f"{name}-{scenario}.hex", f"{name}, httpd {version()}: {title}", recorder.packets)
                    print(f"{name}-{scenario}: {len(recorder.packets)} packets")
            for log in ("error.log", "mod_jk.log"):
                if (home / log).exists():
                    sys.stderr.write((home / log).read_text())
        finally:
            httpd.stop()
            recorder.server.close()


if __name__ == "__main__":
    main()

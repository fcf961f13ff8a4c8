#!/usr/bin/env bash
# HAProxy 2.6.12 (Debian 12), connections to the database's leader.
# Guess: a reload hands what the old process knows about its servers to the new one. It takes over the listening sockets, so that no
#   connection is refused, and the configuration did not change.
# Behaviour: the new process counts each server as up until its own first check of it has failed `fall` times. Until
#   then it balances connections over all servers, also over replicas that the old process had marked as down.
# Why it matters: the leader is chosen by health checks (Patroni answers 200 for it only). For a moment after each reload orders are
#   written to replicas and refused as read-only. Toast's template holds new connections until one member is left, and checks
#   start within 100 ms.

# shellcheck source=findings/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# The system's user for downloads cannot write into a private folder; it is said on standard error, and nothing else is wrong.
apt-get download --quiet=2 haproxy=2.6.12-1+deb12u4 >/dev/null 2>&1
dpkg --extract haproxy_*.deb .

cat >finding.py <<'PY'
import http.server, os, signal, socket, subprocess, threading, time

def serve(name, status):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/primary" else 200)
            self.end_headers()
            try:
                self.wfile.write(name.encode())
            except OSError:
                pass
        def log_message(self, *_):
            pass
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

port = free_port()
members = [("leader", 200), ("replica-1", 503), ("replica-2", 503)]
servers = "\n".join(f"  server {name} 127.0.0.1:{serve(name, status)} check inter 3s fall 1" for name, status in members)
with open("haproxy.cfg", "w") as file:
    file.write(f"""
global
  stats socket {os.getcwd()}/socket mode 600 level admin expose-fd listeners
defaults
  mode tcp
  timeout connect 5s
  timeout client 5s
  timeout server 5s
listen database
  bind 127.0.0.1:{port}
  option httpchk GET /primary
{servers}
""")

def start(*more):
    return subprocess.Popen(["usr/sbin/haproxy", "-f", "haproxy.cfg", *more], stderr=subprocess.DEVNULL)

def ask():
    with socket.create_connection(("127.0.0.1", port), 5) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return connection.makefile().read().rsplit("\r\n", 1)[-1].splitlines()[-1]

def answers():
    found = set()
    for _ in range(60):
        try:
            found.add(ask().split("-")[0])
        except OSError:
            time.sleep(0.05)
    return ", ".join(sorted(found))

old = start()
time.sleep(8)
print("before the reload:", answers())
new = start("-x", "socket", "-sf", str(old.pid))
old.wait()
print("right after it:   ", answers())
time.sleep(8)
print("seconds later:    ", answers())
new.send_signal(signal.SIGTERM)
PY
expect "$(cat <<'OUT'
before the reload: leader
right after it:    leader, replica
seconds later:     leader
OUT
)" python3 finding.py

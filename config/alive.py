"""Is the web process of this container alive? `python -m config.alive [PORT]`: exits with 0 when /healthz says so.

It asks this machine only, as the proxy in front would: with the name and the scheme that people use.
"""

import sys
from http.client import HTTPConnection

from config import settings

SECONDS = 4


def is_alive(port: int) -> bool:
    line = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    line.request("GET", "/healthz", headers={"Host": settings.ALLOWED_HOSTS[0], "X-Forwarded-Proto": "https"})
    return line.getresponse().status == 200


if __name__ == "__main__":
    sys.exit(0 if is_alive(int(sys.argv[1]) if len(sys.argv) > 1 else 8000) else 1)

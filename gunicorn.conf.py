"""How gunicorn serves the product; it finds this file by itself in the folder it is started in.

The product and both engines are loaded once, and the workers are forked from that: they share its memory (docs/performance.md)
and are ready for their first letter. A new release therefore needs a restart, not a reload. Threads do not outlive a fork,
so each worker begins its own.
"""

import gc
from importlib import import_module

from config import watch

preload_app = True
control_socket_disable = True  # nobody steers it but by signals, and it would write into a home it may not have
watch.is_begun_by_workers = True


def when_ready(server: object) -> None:
    import_module("config.wsgi").make_ready()  # by name: it is loaded by now, and could not be when this file was read
    gc.collect()
    gc.freeze()  # what is never looked through for garbage is never written to, and stays shared


def post_fork(server: object, worker: object) -> None:
    watch.begin()

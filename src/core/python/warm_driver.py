"""A process that has imported PySpark and forks one for each script, so that no script waits for the import.

launcher.py calls serve() in the process that the server keeps. Each script gets two processes: a keeper, which the
server talks to and which sees to the script's end, and below it the script's own. So a script that harms its parent
harms nobody but itself. The keeper never runs the user's code, and no process opens a gRPC channel before the script's
own does: gRPC cannot be forked with one.
"""

import atexit
import ctypes
import gc
import importlib
import json
import logging
import multiprocessing.process
import os
import select
import signal
import socket
import sys
import tempfile
import threading
import time
import warnings

# All that a session, its first query and its results import, most of it lazily.
PRELOADED = (
    "pyspark.sql", "pyspark.sql.functions", "pyspark.sql.types", "pyspark.sql.window", "pyspark.sql.connect.session",
    "pyspark.sql.connect.functions", "pyspark.sql.connect.window", "pyspark.sql.connect.catalog", "numpy.rec",
    "pandas", "pyarrow.pandas_compat")
PR_SET_PDEATHSIG = 1
LARGEST_MESSAGE = 64


def fork():
    with warnings.catch_warnings():
        # Python 3.12 warns of threads: those of OpenBLAS and jemalloc, which know of forks.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def serve(settings, plain):
    """Forks for scripts until the server is gone; returns only in the process of a script, everything being there as
    `python3 launcher.py script.py ...` has it. `plain` names the modules that a launcher has before it runs a script.
    """
    control = socket.socket(fileno=int(os.environ.pop("OWLET_WARM_SOCKET")))
    for name in PRELOADED:
        importlib.import_module(name)
    preloaded = {name.partition(".")[0] for name in sys.modules.keys() - plain}
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    keepers = {}
    poller = select.poll()
    poller.register(control, select.POLLIN)
    while True:
        for ready, _ in poller.poll():
            if ready in keepers:
                poller.unregister(ready)
                os.close(ready)
                os.waitpid(keepers.pop(ready), 0)
                continue
            message, files, _, _ = socket.recv_fds(control, LARGEST_MESSAGE, 4)
            if not message:  # the server has ended
                os._exit(0)
            keeper = fork()
            if keeper == 0:
                for descriptor in (control.detach(), *keepers):
                    os.close(descriptor)
                keep(files, settings, preloaded)
                return
            for descriptor in files:
                os.close(descriptor)
            watch = os.pidfd_open(keeper)
            keepers[watch] = keeper
            poller.register(watch, select.POLLIN)


def keep(files, settings, preloaded):
    """The keeper: returns only in the process of the script."""
    os.setsid()
    wanted, out, err, line = files
    server = socket.socket(fileno=line)
    with open(wanted, "rb") as file:
        request = json.load(file)
    refusal = why_cold(request, preloaded)
    if refusal:
        server.send(f"refused {refusal}".encode()[:LARGEST_MESSAGE])
        os._exit(0)
    server.send(b"accepted")
    # Without the server's word nothing runs: it may have given up waiting and started the script elsewhere.
    if server.recv(LARGEST_MESSAGE) != b"go":
        os._exit(0)
    script = fork()
    if script == 0:
        server.close()
        become_script(request, out, err, settings)
        return
    os.close(out)
    os.close(err)
    try:
        see_to_its_end(script, server)
    finally:
        os._exit(0)


def see_to_its_end(script, server):
    """What RunProcess of the server does for the processes that it starts itself."""
    server.send(f"pid {script}".encode())
    ended = os.pidfd_open(script)
    poller = select.poll()
    poller.register(ended, select.POLLIN)
    poller.register(server, select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in poller.poll()]
        if ended in ready:
            break
        word = server.recv(LARGEST_MESSAGE)
        if not word:
            poller.unregister(server)
        signal_group(script, signal.SIGTERM if word == b"terminate" else signal.SIGKILL)
    # It is not waited for yet, so its number is still its own: what it left behind ends with it.
    signal_group(script, signal.SIGKILL)
    _, status = os.waitpid(script, 0)
    server.send(f"ended {status}".encode())


def signal_group(script, number):
    try:
        os.killpg(script, number)
    except ProcessLookupError:  # it has no group of its own yet
        os.kill(script, number)


def why_cold(request, preloaded):
    """Why the script needs a fresh interpreter, or None: it brings modules under names that are imported already."""
    paths = [os.path.dirname(request["script"])]
    given = [path for path in request["environment"].get("PYTHONPATH", "").split(os.pathsep) if path]
    for path in paths + given:
        shadowed = modules_in(path) & (preloaded | {"sitecustomize", "usercustomize"} if path in given else preloaded)
        if shadowed:
            return f"module {min(shadowed)}"
    return None


def modules_in(path):
    """The names that an entry of sys.path brings; a folder without __init__.py hides nobody else's package."""
    if os.path.isfile(path):
        import zipfile
        with zipfile.ZipFile(path) as archive:
            entries = archive.namelist()
        packages = {name.split("/")[0] for name in entries if name.count("/") == 1 and name.endswith("/__init__.py")}
        return packages | {name.partition(".")[0] for name in entries if "/" not in name}
    if not os.path.isdir(path):
        return set()
    found = set()
    for entry in os.scandir(path):
        if not entry.is_dir():
            found.add(entry.name.partition(".")[0])
        elif os.path.exists(os.path.join(entry.path, "__init__.py")):
            found.add(entry.name)
    return found


def become_script(request, out, err, settings):
    keeper = os.getppid()
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:
        os._exit(1)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.close(out)
    os.close(err)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    settings.update(request["settings"])
    launcher = sys.argv[0]
    sys.argv = [launcher, request["script"], *request["arguments"]]
    sys.orig_argv = [sys.orig_argv[0], *sys.argv]
    sys.path[1:1] = [os.path.abspath(path) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    # What was decided once for the warm process and is the same in no two cold ones.
    sys.modules["numpy"].random.seed()
    tempfile.tempdir = None
    logging._startTime = time.time_ns() if isinstance(logging._startTime, int) else time.time()
    multiprocessing.process._current_process = type(multiprocessing.process.current_process())()
    del sys.modules[__name__]


def end(error):
    """Ends the process of a script as the interpreter would, but for the taking apart of what was there before it."""
    code = 0 if error is None else error.code
    if code is None:
        status = 0
    elif isinstance(code, int):
        status = code & 0xFF
    else:
        print(code, file=sys.stderr)
        status = 1
    main = sys.modules.get("__main__")  # as its names go, what they name is finished
    for step in (threading._shutdown, atexit._run_exitfuncs, main.__dict__.clear if main else int):
        try:
            step()
        except BaseException:
            sys.excepthook(*sys.exc_info())
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, ValueError):  # taken away or closed by the script
            pass
        except OSError:
            status = 120
    os._exit(status)

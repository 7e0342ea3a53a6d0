"""`owlet submit`: a script in S3 as a step of the running server."""

import os
import pathlib
import pty
import signal
import subprocess
import time

import pytest

OWLET = pathlib.Path(__file__).resolve().parents[2] / "build/release/owlet"


@pytest.fixture(scope="module")
def scripts(server):
    """Puts a script into S3; its address."""
    s3 = server.client("s3")
    s3.create_bucket(Bucket="submitted")

    def put(name: str, text: str) -> str:
        s3.put_object(Bucket="submitted", Key=name, Body=text)
        return f"s3://submitted/{name}"

    return put


def submit(server, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([OWLET, "submit", "--data", server.data, *arguments], capture_output=True, text=True,
                          timeout=120)


def test_prints_what_the_script_printed(server, scripts):
    script = scripts("ok.py", "import sys\nprint(sys.argv[1:])\nprint('careful', file=sys.stderr)\n")
    done = submit(server, script, "one", "two words", "--three")
    assert (done.returncode, done.stdout, done.stderr) == (0, "['one', 'two words', '--three']\n", "careful\n")


def test_gives_the_scripts_exit_code(server, scripts):
    done = submit(server, scripts("seven.py", "import sys\nsys.exit(7)"))
    assert done.returncode == 7
    assert "FAILED: exit code 7" in done.stderr


def test_a_signal_is_told_as_a_shell_tells_it(server, scripts):
    done = submit(server, scripts("killed.py", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"))
    assert done.returncode == 128 + signal.SIGKILL


def test_a_traceback_is_on_stderr(server, scripts):
    done = submit(server, scripts("bad.py", "raise ValueError('no good')"))
    assert done.returncode == 1
    assert "Traceback" in done.stderr and "ValueError: no good" in done.stderr


def test_what_is_not_there(server):
    done = submit(server, "s3://submitted/nothing.py")
    assert done.returncode == 1
    assert "s3://submitted/nothing.py" in done.stderr
    assert submit(server, "local.py").returncode == 2
    assert submit(server).returncode == 2
    refused = submit(server, "--engine", "spark", "s3://submitted/nothing.py")
    assert refused.returncode == 2
    assert "not implemented" in refused.stderr


def test_ctrl_c_cancels_the_step(server, scripts):
    process = subprocess.Popen([OWLET, "submit", "--data", server.data, scripts("slow.py", "import time\ntime.sleep(600)")],
                               stderr=subprocess.PIPE, text=True)
    emr = server.client("emr")
    while not emr.list_clusters(ClusterStates=["RUNNING"])["Clusters"]:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert "CANCELLED" in process.communicate(timeout=60)[1]
    assert process.returncode == 128 + signal.SIGINT


def test_a_bar_moves_on_a_terminal_only(server, scripts):
    script = scripts("second.py", "import time\ntime.sleep(1)")
    ours, theirs = pty.openpty()
    process = subprocess.Popen([OWLET, "submit", "--data", server.data, script], stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # the other side is closed
        pass
    os.close(ours)
    assert process.wait() == 0
    assert b"RUNNING" in shown and shown.endswith(b"\r\x1b[K")
    assert submit(server, script).stderr == ""

"""The command line as a user meets it: one clear line for each mistake, exit codes that mean something."""

import fcntl
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/owlet"
FREE = ["--listen", "127.0.0.1:0", "--spark-listen", "127.0.0.1:0"]
FAILED, MISUSED, NO_SERVER = 1, 2, 3


@pytest.fixture
def owlet(tmp_path):
    """Runs the program in a folder of its own, without a configuration from outside."""
    def run(*arguments, stdin="", environment=None, timeout=60):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("OWLET_", "XDG_"))}
        return subprocess.run(
            [PROGRAM, *map(str, arguments)], input=stdin, capture_output=True, text=True, cwd=tmp_path,
            env=clean | {"HOME": str(tmp_path)} | (environment or {}), timeout=timeout)
    return run


def check_mistake(result, code, *words):
    assert result.returncode == code, result
    lines = result.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("owlet: "), result.stderr
    for word in words:
        assert word in lines[0]


def test_help_has_examples_for_each_command(owlet):
    commands = ["serve", "run", "sql", "explain", "doctor", "version"]
    top = owlet("--help")
    assert top.returncode == 0 and "Exit codes" in top.stdout
    for command in commands:
        assert re.search(rf"^  {command} ", top.stdout, re.M)
        text = owlet(command, "--help")
        assert text.returncode == 0 and f"owlet {command}" in text.stdout.split("Examples:")[1]
    assert owlet("--version").stdout == owlet("version").stdout
    assert re.fullmatch(r"owlet \d+\.\d+\.\d+ \(DuckDB 1\.5\.5\)\n", owlet("version").stdout)


def test_no_command_is_answered_with_the_help(owlet):
    result = owlet()
    assert result.returncode == MISUSED and "Examples:" in result.stderr


@pytest.mark.parametrize("arguments, words", [
    (["bogus"], ["no such command: bogus"]),
    (["serve", "--bogus"], ["--bogus", "owlet serve --help"]),
    (["version", "extra"], ["extra"]),
    (["serve", "--threads", "-1"], ["--threads", "0 to 1024"]),
    (["serve", "--threads", "two"], ["--threads", "not a number: two"]),
    (["serve", "--region", ""], ["--region", "us-east-1"]),
    (["serve", "--account", "12"], ["--account", "12 digits"]),
    (["serve", "--memory-limit", "1KB"], ["--memory-limit", "64MiB"]),
    (["serve", "--memory-limit", "much"], ["--memory-limit", "much"]),
    (["serve", "--listen", "9000"], ["--listen", "HOST:PORT"]),
    (["serve", "--listen", "example.com:80"], ["--listen", "IP address"]),
    (["serve", "--listen", "0.0.0.0:0"], ["--allow-remote"]),
    (["serve", "--config", "nofile"], ["nofile", "No such file"]),
    (["--config", ".", "serve"], ["Is a directory"]),
    (["sql", "--format", "xml", "SELECT 1"], ["xml"]),
    (["sql", "  ;"], ["the statement is empty"]),
    (["sql"], ["the statement is empty"]),
    (["run"], ["name a script"]),
    (["run", "absent.py"], ["no such script: absent.py"]),
    (["run", "."], ["not a script: ."]),
    (["run", "--bogus", "x.py"], ["no such option: --bogus"]),
])
def test_misuse_is_one_line(owlet, arguments, words):
    check_mistake(owlet(*arguments), MISUSED, *words)


def test_the_environment_and_the_file_name_their_mistakes(owlet, tmp_path):
    check_mistake(owlet("serve", environment={"OWLET_THREADS": "x"}), MISUSED, "OWLET_THREADS")
    check_mistake(owlet("serve", environment={"OWLET_ANONYMOUS": "yes"}), MISUSED, "OWLET_ANONYMOUS")
    (tmp_path / "owlet.toml").write_text("threads = -1\n")
    check_mistake(owlet("serve"), MISUSED, "owlet.toml: threads")
    (tmp_path / "owlet.toml").write_text("a = [\n")
    check_mistake(owlet("serve"), MISUSED, "owlet.toml:")
    assert owlet("version").returncode == 0
    assert owlet("--help").returncode == 0


def test_a_flag_wins_over_the_environment_and_that_over_the_file(owlet, tmp_path):
    (tmp_path / "owlet.toml").write_text('data = "of-file"\n')
    assert str(tmp_path / "of-file") in owlet("doctor").stdout
    of_variable = {"OWLET_DATA": "of-variable"}
    assert str(tmp_path / "of-variable") in owlet("doctor", environment=of_variable).stdout
    assert str(tmp_path / "of-flag") in owlet("doctor", "--data", "of-flag", environment=of_variable).stdout


@pytest.mark.parametrize("flag", ["--listen", "--spark-listen"])
def test_a_port_in_use(owlet, flag):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = owlet("serve", "--data", "data", *FREE, flag, f"127.0.0.1:{port}")
        check_mistake(result, NO_SERVER, str(port), "in use")


def test_a_data_folder_that_cannot_be_used(owlet, tmp_path):
    (tmp_path / "file").write_text("")
    check_mistake(owlet("serve", "--data", "file", *FREE), NO_SERVER, "Not a directory")
    newer = tmp_path / "newer"
    newer.mkdir()
    (newer / "FORMAT").write_text("99\n")
    check_mistake(owlet("serve", "--data", "newer", *FREE), NO_SERVER, "newer owlet", "format 99")
    (newer / "FORMAT").write_text("x\n")
    check_mistake(owlet("sql", "--data", "newer", "SELECT 1"), NO_SERVER, "FORMAT")


def test_a_data_folder_in_use(owlet, new_server):
    server = new_server()
    check_mistake(owlet("serve", "--data", server.data, *FREE), NO_SERVER, "in use", str(server.process.pid))


def test_a_killed_servers_file_is_not_believed(owlet, new_server):
    server = new_server()
    server.kill()
    facts = json.loads((server.data / "server.json").read_text())
    facts["pid"] = os.getpid()  # the number has gone to another process
    (server.data / "server.json").write_text(json.dumps(facts))
    result = owlet("sql", "--data", server.data, "--format", "csv", "SELECT 1 a")
    assert (result.returncode, result.stdout) == (0, '"a"\n"1"\n'), result.stderr


def test_statements(owlet, new_server):
    data = ["--data", new_server().data]
    assert owlet("sql", *data, "--format", "json", stdin="SELECT 1 a, NULL b,\n 'ü' c").stdout == '{"a":1,"b":null,"c":"ü"}\n'
    assert owlet("sql", *data, "--format", "csv", "-", stdin="SELECT 2 a").stdout == '"a"\n"2"\n'
    assert owlet("sql", *data, "--format", "csv", "CREATE DATABASE d").stdout == ""
    check_mistake(owlet("sql", *data, "SELEC 1"), FAILED, "line 1:1: mismatched input 'SELEC'")
    check_mistake(owlet("sql", *data, "SELECT 1; SELECT 2"), FAILED, "line 1:11")
    check_mistake(owlet("sql", *data, "SELECT * FROM nope"), FAILED, "TABLE_NOT_FOUND")
    check_mistake(owlet("sql", *data, "SELECT 1/0"), FAILED, "DIVISION_BY_ZERO")
    check_mistake(owlet("explain", *data, "SELECT 1 x, foo"), FAILED, "line 1:13: Column 'foo'")
    explained = owlet("explain", *data, "SELECT 1 x")
    assert explained.returncode == 0 and explained.stdout.startswith("SELECT")
    many = owlet("sql", *data, "--format", "csv", "SELECT x FROM unnest(sequence(1, 2500)) t(x)")
    assert many.stdout.splitlines()[1:] == [f'"{i}"' for i in range(1, 2501)]


def test_a_statement_is_stopped_with_its_command(new_server):
    server = new_server()
    command = subprocess.Popen(
        [PROGRAM, "sql", "--data", server.data,
         "SELECT count(*) FROM unnest(sequence(1, 9000)) a(x), unnest(sequence(1, 9000)) b(y),"
         " unnest(sequence(1, 9000)) c(z) WHERE x * y * z % 7 = 3"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    athena = server.client("athena")
    state = lambda: [e["Status"]["State"] for e in athena.batch_get_query_execution(
        QueryExecutionIds=athena.list_query_executions()["QueryExecutionIds"] or ["none"])["QueryExecutions"]]
    while state() != ["RUNNING"]:
        assert command.poll() is None, command.stderr.read()
        time.sleep(0.01)
    command.send_signal(signal.SIGINT)
    assert command.wait(timeout=30) == 128 + signal.SIGINT
    assert state() == ["CANCELLED"]


def test_doctor_names_what_is_missing(owlet, tmp_path):
    good = owlet("doctor", "--python", sys.executable)
    assert good.returncode == 0 and "MISSING" not in good.stdout, good.stdout
    none = owlet("doctor", "--python", "/absent/python3")
    assert none.returncode == FAILED and "no Python at /absent/python3" in none.stdout
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    lacking = owlet("doctor", "--python", bare)
    assert lacking.returncode == FAILED and "No module named 'pyspark'" in lacking.stdout


def start_script(tmp_path, text):
    script = tmp_path / "script.py"
    script.write_text(text)
    return subprocess.Popen([PROGRAM, "run", "--data", tmp_path / "data", "--python", sys.executable, script, "a b"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_scripts_end_is_the_commands(tmp_path):
    for text, code in [("import sys; print(sys.argv[1]); sys.exit(7)", 7), ("raise ValueError('so')", 1),
                       ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL)]:
        running = start_script(tmp_path, text)
        out, err = running.communicate(timeout=60)
        assert running.returncode == code, err
        if code == 7:
            assert out == "a b\n"
        if code == 1:
            assert err.rstrip().endswith("ValueError: so") and "script.py" in err


def test_a_script_reads_standard_input_and_gets_the_signals(tmp_path):
    running = start_script(tmp_path, "import sys; print(sys.stdin.readline().strip(), flush=True)\n"
                                     "import time; time.sleep(600)")
    running.stdin.write("hello\n")
    running.stdin.flush()
    assert running.stdout.readline() == "hello\n"
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 128 + signal.SIGTERM
    with open(tmp_path / "data/LOCK") as lock:  # nothing runs on the folder any more
        fcntl.lockf(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)


def test_a_server_stops_on_a_signal_and_at_once_on_the_second(new_server):
    first = new_server()
    assert first.stop() == 0
    first.start()
    with socket.create_connection(tuple([first.facts["address"].split(":")[0], int(first.facts["address"].split(":")[1])])) as client:
        client.sendall(b"PUT /b/k HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")  # never ends
        first.process.send_signal(signal.SIGTERM)
        while "stopping on signal" not in first.log_file.read_text():
            time.sleep(0.01)
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(timeout=30) in (0, 128 + signal.SIGTERM)

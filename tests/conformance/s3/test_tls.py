"""HTTPS by the local authority of `owlet serve --tls`: boto3, the CLI, and pyarrow by AWS's own host names."""

import os
import pathlib
import socket
import ssl
import subprocess
import sys
import threading

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

BIG = os.urandom(20 << 20)


@pytest.fixture(scope="module")
def secure(tmp_path_factory, server_class):
    running = server_class(tmp_path_factory.mktemp("tls"), "--tls", "--domain", "s3.owlet.test")
    yield running
    assert running.stop() == 0


@pytest.fixture
def authority(secure):
    return str(secure.data / "tls/ca.pem")


@pytest.fixture
def port(secure):
    return int(secure.facts["address"].rpartition(":")[2])


@pytest.fixture
def https(secure, authority, port):
    return secure.client("s3", endpoint_url=f"https://localhost:{port}", verify=authority)


def test_objects_of_all_sizes(https, secure):
    https.create_bucket(Bucket="sizes")
    for size in (0, 1, 16_384, 70_000, 3_000_000):
        https.put_object(Bucket="sizes", Key=str(size), Body=BIG[:size])
        assert https.get_object(Bucket="sizes", Key=str(size))["Body"].read() == BIG[:size]
    assert https.get_object(Bucket="sizes", Key="3000000", Range="bytes=100-200000")["Body"].read() == BIG[100:200_001]
    # Plain HTTP on the same port, for this machine's own clients.
    assert secure.client("s3").get_object(Bucket="sizes", Key="1")["Body"].read() == BIG[:1]


def test_the_cli_copies_a_large_file(https, secure, authority, port, tmp_path):
    https.create_bucket(Bucket="cli")
    (tmp_path / "big").write_bytes(BIG)
    aws = pathlib.Path(sys.executable).with_name("aws")
    environment = secure.environment() | {"AWS_ENDPOINT_URL": f"https://localhost:{port}", "AWS_CA_BUNDLE": authority}
    for source, target in [(tmp_path / "big", "s3://cli/big"), ("s3://cli/big", tmp_path / "back")]:
        subprocess.run([aws, "s3", "cp", source, target], env=environment, check=True, capture_output=True)
    assert (tmp_path / "back").read_bytes() == BIG


def test_who_does_not_know_the_authority_does_not_talk(secure, port):
    stranger = secure.client("s3", endpoint_url=f"https://localhost:{port}")
    with pytest.raises(botocore.exceptions.SSLError):
        stranger.list_buckets()


def test_the_certificate(secure, authority, port):
    context = ssl.create_default_context(cafile=authority)
    context.set_alpn_protocols(["h2", "http/1.1"])
    for name in ["localhost", "127.0.0.1", "b.s3.us-east-1.amazonaws.com", "athena.us-east-1.amazonaws.com", "b.s3.owlet.test"]:
        with socket.create_connection(("127.0.0.1", port)) as plain, context.wrap_socket(plain, server_hostname=name) as talk:
            assert talk.selected_alpn_protocol() == "http/1.1"
            talk.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert talk.recv(100).startswith(b"HTTP/1.1 ")
    with socket.create_connection(("127.0.0.1", port)) as plain, pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(plain, server_hostname="example.com")
    assert (secure.data / "tls/ca.key").stat().st_mode & 0o077 == 0
    assert (secure.data / "tls/server.key").stat().st_mode & 0o077 == 0


def test_a_broken_handshake_hurts_nobody(https, port):
    for junk in (b"\x16\x03\x01\x00\x05hello", b"\x16", b"\x16\x03\x01\xff\xff" + b"x" * 70_000):
        with socket.create_connection(("127.0.0.1", port)) as plain:
            plain.sendall(junk)
    assert https.list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_virtual_hosts_below_a_domain(secure, authority, port):
    """What `--domain` is for; the name leads here as a line of /etc/hosts would make it."""
    import http.client
    s3 = secure.client("s3")
    s3.create_bucket(Bucket="hosted")
    s3.put_object(Bucket="hosted", Key="k", Body=b"v")
    url = secure.client("s3", endpoint_url=f"http://s3.owlet.test:{port}",
                        config=Config(s3={"addressing_style": "virtual"}, signature_version="s3v4")
                        ).generate_presigned_url("get_object", {"Bucket": "hosted", "Key": "k"})
    host, _, path = url.removeprefix("http://").partition("/")
    assert host == f"hosted.s3.owlet.test:{port}"
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/" + path, headers={"Host": host})
    assert connection.getresponse().read() == b"v"


class Tunnel(threading.Thread):
    """A proxy that leads every CONNECT, whatever its name, to one port: what DNS would do."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.target = port
        self.names = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.start()

    def run(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(4096)
            if not piece:
                return
            head += piece
        self.names.add(head.split()[1].decode())
        server = socket.create_connection(("127.0.0.1", self.target))
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        threading.Thread(target=self.pump, args=(server, client), daemon=True).start()
        self.pump(client, server)

    @staticmethod
    def pump(source, target):
        try:
            while piece := source.recv(1 << 16):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


PYARROW = """
import pyarrow as pa, pyarrow.fs as fs, pyarrow.parquet as pq, sys
files = fs.S3FileSystem(region="us-east-1", force_virtual_addressing=True,
                        proxy_options={"scheme": "http", "host": "127.0.0.1", "port": int(sys.argv[1])})
pq.write_table(pa.table({"a": list(range(100_000))}), "arrow-lake/t.parquet", filesystem=files)
assert pq.read_table("arrow-lake/t.parquet", filesystem=files).num_rows == 100_000
assert [item.path for item in files.get_file_info(fs.FileSelector("arrow-lake"))] == ["arrow-lake/t.parquet"]
files.delete_file("arrow-lake/t.parquet")
"""


def test_pyarrow_by_the_names_of_aws(https, secure, authority, port):
    """pyarrow knows no AWS_ENDPOINT_URL: it goes to BUCKET.s3.us-east-1.amazonaws.com by TLS, whatever that leads to."""
    pytest.importorskip("pyarrow")
    https.create_bucket(Bucket="arrow-lake")
    tunnel = Tunnel(port)
    environment = {k: v for k, v in secure.environment().items() if k != "AWS_ENDPOINT_URL"}
    environment |= {"SSL_CERT_FILE": authority, "CURL_CA_BUNDLE": authority, "AWS_CA_BUNDLE": authority}
    result = subprocess.run([sys.executable, "-c", PYARROW, str(tunnel.listener.getsockname()[1])], env=environment,
                            capture_output=True, text=True, timeout=120)
    tunnel.listener.close()
    assert result.returncode == 0, result.stderr
    assert "arrow-lake.s3.us-east-1.amazonaws.com:443" in tunnel.names

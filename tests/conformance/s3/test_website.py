"""Buckets as websites: http://BUCKET.s3-website.localhost:PORT/, as a browser without keys asks."""

import http.client
import json

import pytest


class Site:
    def __init__(self, s3, bucket):
        self.s3, self.bucket = s3, bucket
        self.address = s3.meta.endpoint_url.removeprefix("http://")

    def get(self, path, method="GET", headers=None):
        connection = http.client.HTTPConnection(self.address)
        connection.request(method, path, headers={"Host": f"{self.bucket}.s3-website.localhost"} | (headers or {}))
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read().decode()

    def configure(self, **website):
        self.s3.put_bucket_website(Bucket=self.bucket, WebsiteConfiguration=website)


@pytest.fixture
def site(s3, bucket):
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/secret/*",
         "Condition": {"StringEquals": {"aws:PrincipalType": "Anonymous"}}}]}))
    for key, body in {"index.html": "home", "docs/index.html": "docs", "a b.html": "blank", "oops.html": "oops"}.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body.encode(), ContentType="text/html")
    return Site(s3, bucket)


def test_a_bucket_without_a_website(site):
    status, headers, body = site.get("/")
    assert status == 404 and headers["x-amz-error-code"] == "NoSuchWebsiteConfiguration"
    assert "<li>Code: NoSuchWebsiteConfiguration</li>" in body and headers["Content-Type"].startswith("text/html")


def test_index_documents(site):
    site.configure(IndexDocument={"Suffix": "index.html"})
    for path, body in {"/": "home", "/docs/": "docs", "/a%20b.html": "blank", "/index.html?x=1": "home"}.items():
        assert site.get(path)[::2] == (200, body)
    status, headers, _ = site.get("/docs")
    assert (status, headers["Location"]) == (302, "/docs/")
    etag = site.get("/")[1]["ETag"]
    assert site.get("/", headers={"If-None-Match": etag})[0] == 304
    status, headers, body = site.get("/", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, "4", "")
    assert site.get("/", "POST")[0] == 405


def test_error_documents_keep_the_status(site):
    site.configure(IndexDocument={"Suffix": "index.html"})
    status, headers, body = site.get("/none")
    assert status == 404 and "<li>Code: NoSuchKey</li>" in body and "<li>Key: none</li>" in body
    site.configure(IndexDocument={"Suffix": "index.html"}, ErrorDocument={"Key": "oops.html"})
    status, headers, body = site.get("/none")
    assert (status, body, headers["x-amz-error-code"]) == (404, "oops", "NoSuchKey")
    site.s3.put_object(Bucket=site.bucket, Key="secret/x", Body=b"x")
    status, headers, body = site.get("/secret/x")
    assert (status, body, headers["x-amz-error-code"]) == (403, "oops", "AccessDenied")


def test_redirects(site):
    site.s3.put_object(Bucket=site.bucket, Key="old", WebsiteRedirectLocation="/index.html")
    site.configure(IndexDocument={"Suffix": "index.html"}, RoutingRules=[
        {"Condition": {"KeyPrefixEquals": "was/"}, "Redirect": {"ReplaceKeyPrefixWith": "is/"}},
        {"Condition": {"KeyPrefixEquals": "moved"},
         "Redirect": {"HostName": "example.com", "Protocol": "https", "ReplaceKeyWith": "here", "HttpRedirectCode": "307"}},
        {"Condition": {"HttpErrorCodeReturnedEquals": "404", "KeyPrefixEquals": "lost/"},
         "Redirect": {"ReplaceKeyWith": "index.html"}}])
    host = f"{site.bucket}.s3-website.localhost"
    for path, status, location in [
            ("/old", 301, "/index.html"), ("/was/it", 301, f"http://{host}/is/it"),
            ("/moved", 307, "https://example.com/here"), ("/lost/x", 301, f"http://{host}/index.html")]:
        got = site.get(path)
        assert (got[0], got[1]["Location"]) == (status, location)
    assert site.get("/other")[0] == 404
    site.configure(RedirectAllRequestsTo={"HostName": "example.org", "Protocol": "https"})
    status, headers, _ = site.get("/x/y%20z")
    assert (status, headers["Location"]) == (301, "https://example.org/x/y%20z")

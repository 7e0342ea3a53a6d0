// Made by tools/record_signatures.py with botocore 1.44.5.
#include "core/access/botocore_fixture.h"

namespace owlet::access {

const std::vector<SignedRequest>& BotocoreRequests() {
  static const std::vector<SignedRequest> kRequests = {
      {"GetObject",
       "s3",
       "GET",
       "/bucket/key",
       "",
       {
           {"Host", "127.0.0.1:9000"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"X-Amz-Content-SHA256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
           {"Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
            "Signature=1db5cec9dbeaa61ff8869a33c9fd5b9bc645e82765031691090cdb41055da8a8"},
       },
       ""},
      {"GetObjectRange",
       "s3",
       "GET",
       "/bucket/a/b.txt",
       "",
       {
           {"Host", "127.0.0.1:9000"},
           {"Range", "bytes=0-9"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"X-Amz-Content-SHA256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
           {"Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
            "Signature=05359fd2ab84b58260ce574e3d61fbf1a045c4f0e634cb20fd913019767cdb54"},
       },
       ""},
      {"PutObject",
       "s3",
       "PUT",
       "/bucket/key",
       "",
       {
           {"Host", "127.0.0.1:9000"},
           {"Content-Type", "text/plain"},
           {"x-amz-meta-a", "two  blanks "},
           {"X-Amz-Date", "20260131T120000Z"},
           {"X-Amz-Content-SHA256",
            "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"},
           {"Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/s3/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a, "
            "Signature=e4783a725be1bc01363a6bdf7008c7c04d843479a969736bace531f0e63f23a8"},
           {"Content-Length", "5"},
       },
       "hello"},
      {"KeyOfManyCharacters",
       "s3",
       "GET",
       "/bucket/a%20b%2Bc%3Dd%26e%21%27%28%29%2A~/%C3%A4%E2%82%AC",
       "",
       {
           {"Host", "127.0.0.1:9000"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"X-Amz-Content-SHA256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
           {"Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
            "Signature=8a8f249652eaf7b10ae1627495747f49d6c2e49051843b1716640f52ec2b6fae"},
       },
       ""},
      {"KeyWithDotSegments",
       "s3",
       "GET",
       "/bucket/a/../b/./c//d",
       "",
       {
           {"Host", "127.0.0.1:9000"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"X-Amz-Content-SHA256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
           {"Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
            "Signature=395a156fde128298478060c2c7c3adefadb48dbc9e27f8ddcc9e2a6c509a3de3"},
       },
       ""},
      {"ListObjects",
       "s3",
       "GET",
       "/bucket",
       "list-type=2&prefix=a%2Fb+c%2Bd%3D%C3%A4&delimiter=%2F&encoding-type=url",
       {
           {"Host", "127.0.0.1:9000"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"X-Amz-Content-SHA256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
           {"Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
            "Signature=b4f023323b0351dcedc5923785be39baf641868c6492a83b9868d35a001495d6"},
       },
       ""},
      {"SubResource",
       "s3",
       "GET",
       "/bucket",
       "acl=",
       {
           {"Host", "127.0.0.1:9000"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"X-Amz-Content-SHA256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
           {"Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
            "Signature=68c75668eae8c6cd334c663f83ca62e3904e36b702d359d08297bf58d314459f"},
       },
       ""},
      {"SessionToken",
       "s3",
       "GET",
       "/bucket/key",
       "",
       {
           {"Host", "127.0.0.1:9000"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"X-Amz-Security-Token", "token+with/characters=="},
           {"X-Amz-Content-SHA256",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
           {"Authorization",
            "AWS4-HMAC-SHA256 Credential=ASIAIOSFODNN7EXAMPLE/20260131/us-east-1/s3/aws4_request, "
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, "
            "Signature=2e20cb2ea99eab76a212b8e75d59160e4945910fdec5001d7117203ca4a344b8"},
       },
       ""},
      {"PresignedGet",
       "s3",
       "GET",
       "/bucket/a%20b",
       "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260131%2Feu-"
       "west-1%2Fs3%2Faws4_request&X-Amz-Date=20260131T120000Z&X-Amz-Expires=600&X-Amz-"
       "SignedHeaders=host&X-Amz-Signature="
       "ef0da3ca3f0eaaae2599183a9ae778b4a2beff00f3fe2dd1987e945b4da0ffb4",
       {
           {"Host", "127.0.0.1:9000"},
       },
       ""},
      {"PresignedGetWithToken",
       "s3",
       "GET",
       "/bucket/key",
       "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20260131%2Feu-"
       "west-1%2Fs3%2Faws4_request&X-Amz-Date=20260131T120000Z&X-Amz-Expires=600&X-Amz-"
       "SignedHeaders=host&X-Amz-Security-Token=token%2Bwith%2Fcharacters%3D%3D&X-Amz-Signature="
       "ad08aaec131841a14abf12a72693c764501a48a49ee16a7a63d7bca7c0900561",
       {
           {"Host", "127.0.0.1:9000"},
       },
       ""},
      {"PresignedPut",
       "s3",
       "PUT",
       "/bucket/key",
       "x-id=PutObject&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%"
       "2F20260131%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20260131T120000Z&X-Amz-Expires=600&X-"
       "Amz-SignedHeaders=host&X-Amz-Signature="
       "c8e892571418c71c1fa0d3efea26d51a3bc5edd9787e200bb6acd71c58e38eb6",
       {
           {"Host", "127.0.0.1:9000"},
           {"Content-Length", "0"},
       },
       ""},
      {"PresignedWithResponseHeader",
       "s3",
       "GET",
       "/bucket/key",
       "response-content-disposition=attachment%3B%20filename%3D%22x%20y%22&X-Amz-Algorithm=AWS4-"
       "HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260131%2Feu-west-1%2Fs3%2Faws4_"
       "request&X-Amz-Date=20260131T120000Z&X-Amz-Expires=600&X-Amz-SignedHeaders=host&X-Amz-"
       "Signature=c09079aea73138e7a2baa317b32553474bee0323e65c64939d0a60c30f61a5e4",
       {
           {"Host", "127.0.0.1:9000"},
       },
       ""},
      {"Version2PresignedGet",
       "s3",
       "GET",
       "/bucket/a%20b",
       "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=oEhG2T2%2B7eJywtPbXvd69wvcdlU%3D&Expires="
       "1769861400",
       {
           {"Host", "127.0.0.1:9000"},
           {"Date", "1769861400"},
       },
       ""},
      {"Version2PresignedGetWithToken",
       "s3",
       "GET",
       "/bucket/key",
       "AWSAccessKeyId=ASIAIOSFODNN7EXAMPLE&Signature=onLP9%2BInbcRvOjCBcCES%2F7CnbxI%3D&x-amz-"
       "security-token=token%2Bwith%2Fcharacters%3D%3D&Expires=1769861400",
       {
           {"Host", "127.0.0.1:9000"},
           {"x-amz-security-token", "token+with/characters=="},
           {"Date", "1769861400"},
       },
       ""},
      {"Version2PresignedPart",
       "s3",
       "PUT",
       "/bucket/key",
       "partNumber=3&uploadId=a%2Bb%2Fc%3D&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature="
       "5BgtOoPV1LLl2Trz5UyLfSIv23A%3D&Expires=1769861400",
       {
           {"Host", "127.0.0.1:9000"},
           {"Date", "1769861400"},
           {"Content-Length", "0"},
       },
       ""},
      {"Version2Header",
       "s3",
       "PUT",
       "/bucket/key",
       "tagging",
       {
           {"Host", "127.0.0.1:9000"},
           {"Content-Type", "text/plain"},
           {"x-amz-meta-b", "1"},
           {"x-amz-meta-a", "2"},
           {"Date", "Sat, 31 Jan 2026 12:00:00 GMT"},
           {"Authorization", "AWS AKIAIOSFODNN7EXAMPLE:wIS0oyFYxBU94wd8PQRu8hrp1VU="},
           {"Content-Length", "0"},
       },
       ""},
      {"Glue",
       "glue",
       "POST",
       "/",
       "",
       {
           {"Host", "127.0.0.1:9000"},
           {"Content-Type", "application/x-amz-json-1.1"},
           {"X-Amz-Target", "AWSGlue.GetDatabase"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"Authorization",
            "AWS4-HMAC-SHA256 "
            "Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/glue/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
            "Signature=8fff97eeab6dbd24e819200b26d57c619f69ecce80299afb093101c84e511c07"},
           {"Content-Length", "13"},
       },
       "{\"Name\": \"x\"}"},
      {"StsWithToken",
       "sts",
       "POST",
       "/",
       "",
       {
           {"Host", "127.0.0.1:9000"},
           {"Content-Type", "application/x-www-form-urlencoded"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"X-Amz-Security-Token", "token+with/characters=="},
           {"Authorization",
            "AWS4-HMAC-SHA256 Credential=ASIAIOSFODNN7EXAMPLE/20260131/us-east-1/sts/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
            "Signature=eb28729c82bbbb662b5164924fff4a55f241d967aac6b808601113ec5f8265d1"},
           {"Content-Length", "43"},
       },
       "Action=GetCallerIdentity&Version=2011-06-15"},
      {"EncodedPath",
       "emr-serverless",
       "POST",
       "/tags/arn%3Aaws%3Aemr%3A%3A1%3Aapplications%2Fa",
       "",
       {
           {"Host", "127.0.0.1:9000"},
           {"Content-Type", "application/json"},
           {"X-Amz-Date", "20260131T120000Z"},
           {"Authorization",
            "AWS4-HMAC-SHA256 "
            "Credential=AKIAIOSFODNN7EXAMPLE/20260131/us-east-1/emr-serverless/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date, "
            "Signature=cbd59d7bd9468109f4fe7281afabb9f5b9a97035575d66f23180218632efc350"},
           {"Content-Length", "2"},
       },
       "{}"},
  };
  return kRequests;
}

}  // namespace owlet::access

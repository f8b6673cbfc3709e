"""Request parameters are parsed, compressed or not."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from embedded_aws.core.protocol import action_of, parse_parameters

FORM = b"Version=2010-08-01&Action=PutMetricData&Namespace=Test&MetricData.member.1.MetricName=m"
PARAMETERS = {"Namespace": "Test", "MetricData": [{"MetricName": "m"}]}
JSON = json.dumps(PARAMETERS).encode()
FORM_TYPE, JSON_TYPE = "application/x-www-form-urlencoded; charset=utf-8", "application/x-amz-json-1.0"


def environ_of(body: bytes, content_type: str, **headers: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        **headers,
    }


@pytest.mark.parametrize(("body", "content_type"), [(FORM, FORM_TYPE), (JSON, JSON_TYPE)])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_compressed_body_is_decompressed(body: bytes, content_type: str, compressed: bool) -> None:
    sent = gzip.compress(body) if compressed else body
    headers = {"HTTP_CONTENT_ENCODING": "gzip"} if compressed else {}
    environ = environ_of(sent, content_type, **headers)
    assert parse_parameters("cloudwatch", "PutMetricData", environ, sent) == PARAMETERS
    if content_type == FORM_TYPE:
        assert action_of("cloudwatch", environ, sent) == "PutMetricData"


def test_an_uncompressed_body_with_the_header_is_read_as_is() -> None:
    environ = environ_of(JSON, JSON_TYPE, HTTP_CONTENT_ENCODING="gzip")
    assert parse_parameters("cloudwatch", "PutMetricData", environ, JSON) == PARAMETERS


def test_a_malformed_body_has_no_parameters() -> None:
    form = b"Action=DescribeAlarms&Version=2010-08-01&MaxRecords=many"
    assert parse_parameters("cloudwatch", "DescribeAlarms", environ_of(form, FORM_TYPE), form) is None


def test_the_body_of_an_object_is_not_decompressed() -> None:
    body = gzip.compress(b"text")
    environ = environ_of(body, "text/plain", HTTP_CONTENT_ENCODING="gzip")
    environ |= {"REQUEST_METHOD": "PUT", "PATH_INFO": "/key", "HTTP_HOST": "bucket.s3.amazonaws.com"}
    parameters = parse_parameters("s3", "PutObject", environ, body)
    assert parameters is not None
    assert parameters["ContentEncoding"] == "gzip"

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.masking import take_secrets

OPTIONS: dict[str, Any] = {"name": {}, "value": {"no_log": True}, "key": {"no_log": True}}


def module(**params: Any) -> Any:
    specification = {**OPTIONS, "region": {}, "endpoint_url": {}}
    return SimpleNamespace(params=params, no_log_values={"hunter2", "1"}, argument_spec=specification)


@pytest.mark.parametrize("value", ["pass word+/%", {"password": "pass word+/%", "list": ["x"]}])
def test_every_encoding_of_a_secret_is_masked(value: Any) -> None:
    masked = module(name="n", value=value, key=None)
    take_secrets(masked, OPTIONS)
    for form in ("pass word+/%", "pass%20word%2B%2F%25", "pass+word%2B%2F%25", "cGFzcyB3b3JkKy8l"):
        assert form in masked.no_log_values


def test_a_secret_is_removed_from_the_module_and_returned() -> None:
    masked = module(name="n", value="hunter2", key=None)
    assert take_secrets(masked, OPTIONS)["value"] == "hunter2"
    assert "hunter2" not in str(masked.params)
    assert masked.params["name"] == "n"


def test_a_short_value_is_not_masked() -> None:
    masked = module(name="n", value={"port": 1, "host": "x"}, key=None)
    take_secrets(masked, OPTIONS)
    assert "1" not in masked.no_log_values and "x" not in masked.no_log_values


def test_a_password_in_a_url_is_removed_masked_and_returned() -> None:
    url = "https://user:p%40ss:word@example.com/in"
    masked = module(name=[{"endpoint": url}], value=None, key=None)
    assert take_secrets(masked, OPTIONS)["name"] == [{"endpoint": url}]
    assert masked.params["name"] == [{"endpoint": "https://user:****@example.com/in"}]
    assert {"p%40ss:word", "p@ss:word"} <= masked.no_log_values


def test_the_password_of_a_proxy_still_reaches_boto3() -> None:
    masked = module(name="n", value=None, key=None, endpoint_url="https://user:pass@example.com")
    take_secrets(masked, OPTIONS)
    assert masked.params["endpoint_url"] == "https://user:pass@example.com"


def test_text_in_a_parameter_that_is_not_secret_is_not_masked() -> None:
    masked = module(name="prod/admin", region="us-east-1", value={"user": "admin", "in": "us-east-1"}, key=None)
    take_secrets(masked, OPTIONS)
    assert not {"admin", "us-east-1"} & masked.no_log_values


def test_short_numbers_and_booleans_are_not_masked_but_long_numbers_are() -> None:
    masked = module(name="n", value={"port": 5432, "year": 2026, "on": True, "pin": 918273645}, key=None)
    take_secrets(masked, OPTIONS)
    assert not {"5432", "2026", "True", "true"} & masked.no_log_values
    assert "918273645" in masked.no_log_values


def test_secrets_inside_json_and_whole_structures_are_masked() -> None:
    masked = module(name="n", value='{"password": "hunter22"}', key=["one", {"b": "seven", "a": '\u00fc"'}])
    take_secrets(masked, OPTIONS)
    assert {"hunter22", "seven", '["one",{"a":"\u00fc\\"","b":"seven"}]'} <= masked.no_log_values

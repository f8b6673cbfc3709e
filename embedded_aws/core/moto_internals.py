"""Patches of moto itself: the embedded AWS stays fast, its memory bounded, and a request's id is a UUID."""

from __future__ import annotations

import uuid
from typing import Any

from moto import backends
from moto.core import responses
from moto.core.base_backend import BackendDict
from moto.core.common_models import BaseModel

from embedded_aws.core.overrides import patch

# moto 5.2.5 takes a lock and searches lists whenever the backend of an account is looked up.
#
# The pipeline looks up a backend for every event, so known accounts are looked up directly.

_get_backend_of_moto = BackendDict.__getitem__


@patch(BackendDict, "__getitem__")
def _get_backend(backends: BackendDict[Any], account_id: str) -> Any:
    # Everything in the dictionary is registered for moto's reset, which clears both.
    found = backends.get(account_id)
    return _get_backend_of_moto(backends, account_id) if found is None else found


# moto 5.2.5 lists its folder, with 200 entries, to find out for which service a call is: a millisecond of each call.

_MODULES = frozenset(backends.list_of_moto_modules())


@patch(backends, "list_of_moto_modules")
def _modules() -> frozenset[str]:
    return _MODULES


# moto 5.2.5 keeps every object that it ever created (each log event, each alarm) for its dashboard.
#
# That is a memory leak here: memory must stay bounded for any number of events. Only the dashboard and the disposal
# of S3's temporary files on reset, which the garbage collector does as well, use those lists.


@patch(BaseModel, "__new__")
def _new_instance(cls: type[BaseModel], *_arguments: Any, **_options: Any) -> BaseModel:
    instance: BaseModel = object.__new__(cls)
    return instance


# moto 5.2.5 answers 52 letters and digits as the request's id; AWS answers a UUID.


@patch(responses, "gen_amzn_requestid_long")
def _request_id(headers: dict[str, Any]) -> str:
    request_id = headers["x-amzn-requestid"] = str(uuid.uuid4())
    return request_id

"""Patches of moto itself that keep the embedded AWS fast and its memory bounded."""

from __future__ import annotations

from typing import Any

from moto.core.base_backend import BackendDict
from moto.core.common_models import BaseModel

from embedded_aws.core.overrides import patch

# moto 5.2.5 takes a lock and walks through lists whenever the backend of an account is looked up.
#
# The pipeline does that for every event, so the way is made short for an account that is there already.

_get_backend_of_moto = BackendDict.__getitem__


@patch(BackendDict, "__getitem__")
def _get_backend(backends: BackendDict[Any], account_id: str) -> Any:
    # Whatever is in the dictionary has been registered for moto's reset, which clears both.
    found = backends.get(account_id)
    return _get_backend_of_moto(backends, account_id) if found is None else found


# moto 5.2.5 keeps every object that it ever made (each log event, each alarm) for its dashboard.
#
# That is a leak here: the memory must stay bounded however many events pass. Nothing but the dashboard and the disposal
# of S3's temporary files on reset, which the garbage collector does as well, looks at those lists.


@patch(BaseModel, "__new__")
def _new_instance(cls: type[BaseModel], *_arguments: Any, **_options: Any) -> BaseModel:
    instance: BaseModel = object.__new__(cls)
    return instance

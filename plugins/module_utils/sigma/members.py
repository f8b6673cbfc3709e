# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The keys within the parameters and answers of calls, as CloudTrail names them, from the models of the AWS SDK.

Names: CloudTrail writes them in lower camel case; EC2's answers have the names of its XML and each of its lists is
``{"items": [...]}``; S3 keeps the names of its XML, of which a list with one element is that element, and its bucket
policy is an object (records of the CloudTrail and S3 user guides). That this holds for every call is our reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

try:
    from botocore.loaders import Loader
    from botocore.model import ServiceModel
except ImportError:
    Loader = ServiceModel = None

from ..rules.lint.operation_names import event_sources

# Headers and parts of the address that S3 records (S3 user guide, CloudTrail events); others are none of its keys.
_S3_HEADERS = re.compile(r"x-amz-(acl|grant-.*|object-ownership|bucket-object-lock.*|server-side-encryption.*)")
_S3_NAMES = {"Bucket": "bucketName", "Key": "key", "Policy": "bucketPolicy"}
_DATE = re.compile(r"\d{8}(v\d)?$")
_DEEPEST = 8


@dataclass(frozen=True)
class Leaf:
    """A key that holds a value: its path, type (``hidden`` if secret), and the values and form that its model names."""

    path: str
    kind: str = "string"
    values: tuple[str, ...] = ()
    form: str = ""

    @property
    def names(self) -> list[str]:
        """The names of the path, the last one first."""
        return re.sub(r"\[.\]|\.items\b", "", self.path).split(".")[::-1]


def _policy(path: str) -> tuple[Leaf, ...]:
    """Return the keys of a policy document (IAM user guide, grammar of policies); lists within it have no key here."""
    statement = f"{path}.Statement[*]"
    return (
        Leaf(f"{statement}.Effect", values=("Allow", "Deny")),
        Leaf(f"{statement}.Principal", values=("*",)),
        Leaf(f"{statement}.Principal.AWS", form=r"\*|\d{12}|arn:[^:]+:(iam|sts):.*"),
        Leaf(f"{statement}.Action", form=r"[a-z0-9-]+:[A-Za-z*?]*"),
        Leaf(f"{statement}.Resource", form=r"arn:[^:]+:s3:.*"),
    )


# CloudTrail user guide, sign-in events.
_SIGN_IN = (
    Leaf("responseElements.ConsoleLogin", values=("Success", "Failure")),
    Leaf("additionalEventData.MFAUsed", values=("Yes", "No")),
    Leaf("additionalEventData.LoginTo"),
    Leaf("additionalEventData.MFAIdentifier"),
)


@lru_cache(maxsize=64)
def leaves(source: str, event: str, root: str) -> tuple[Leaf, ...]:
    """Return the keys below ``requestParameters`` or ``responseElements`` of an event, empty if no model has it."""
    if event.lower() == "consolelogin":
        return tuple(leaf for leaf in _SIGN_IN if leaf.path.startswith(root))
    found = _operation(source, _DATE.sub("", event).lower())
    if found is None or root not in ("requestParameters", "responseElements"):
        return ()
    model, name = found
    operation = model.operation_model(name)
    shape = operation.input_shape if root == "requestParameters" else operation.output_shape
    naming = {"ec2": "ec2", "s3": "s3"}.get(model.service_name, "")
    if shape and root == "responseElements" and model.service_name in ("rds", "redshift") and len(shape.members) == 1:
        # Records of both have the members of the one result, without its name.
        (only,) = shape.members.values()
        shape = only if only.type_name == "structure" else shape
    below = tuple(_below(shape, root, naming, answer=root == "responseElements")) if shape else ()
    if naming == "ec2" and root == "requestParameters":
        return tuple(replace(leaf, path=_path_of_instances(leaf.path, name)) for leaf in below)
    return below


def _path_of_instances(path: str, operation: str) -> str:
    """Return where EC2 records a parameter about instances: in a list of its own (records of Stratus Red Team)."""
    if path == "requestParameters.instanceIds.items[*]":
        return "requestParameters.instancesSet.items[*].instanceId"
    root, _dot, name = path.partition(".")
    of_each = operation == "RunInstances" and name in ("imageId", "minCount", "maxCount", "keyName")
    return f"{root}.instancesSet.items[*].{name}" if of_each else path


def _operation(source: str, event: str) -> tuple[Any, str] | None:
    """Return the model of a service with an operation, and the operation's name."""
    for model in _models(source) if Loader is not None and source in event_sources() else ():
        names = {name.lower(): name for name in model.operation_names}
        # S3 records some operations under older names, such as PutBucketLifecycle and PutBucketPublicAccessBlock.
        others = (f"{event}configuration", event.replace("bucket", "", 1)) if source.startswith("s3.") else ()
        for each in (event, *others):
            if each in names:
                return model, names[each]
    return None


def _models(source: str) -> Iterator[Any]:
    """Yield the models of an event source, which is the prefix of an endpoint or the name for signatures."""
    prefix, loader = source.removesuffix(".amazonaws.com"), Loader()
    services = loader.list_available_services("service-2")
    # Most services are named after their endpoint; the others are found by reading all models, which takes seconds.
    for service in sorted(services, key=lambda each: (each != prefix, prefix not in each and each not in prefix)):
        model = ServiceModel(loader.load_service_model(service, "service-2"), service)
        if prefix in (model.endpoint_prefix, model.signing_name):
            yield model


def _below(shape: Any, path: str, naming: str, *, answer: bool, above: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield the keys below a shape; of a map only those that its model names."""
    if shape.name in above or len(above) > _DEEPEST:
        return
    inside = (*above, shape.name)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if written := _written(name, member, naming, answer, top=not above):
                for each in _paths(path, written, member, naming):
                    yield from _below(member, each, naming, answer=answer, above=inside)
    elif shape.type_name == "list":
        yield from _below(shape.member, path, naming, answer=answer, above=inside)
    elif shape.type_name == "map":
        for name in getattr(shape.key, "enum", ()):
            yield from _below(shape.value, f"{path}.{name}", naming, answer=answer, above=inside)
    elif path.endswith(".bucketPolicy"):
        yield from _policy(path)
    elif shape.metadata.get("sensitive"):
        yield Leaf(path, "hidden")
    elif shape.type_name in ("string", "integer", "long", "boolean"):
        kind = "integer" if shape.type_name == "long" else shape.type_name
        yield Leaf(path, kind, tuple(getattr(shape, "enum", ())), _form(shape.metadata.get("pattern") or ""))


def _written(name: str, member: Any, naming: str, answer: bool, *, top: bool) -> str:
    """Return the name under which CloudTrail writes a member, empty if it does not."""
    serialized: str = member.serialization.get("name", name)
    if naming == "s3":
        known = _S3_NAMES.get(name, serialized) if top else serialized
        header = member.serialization.get("location") == "header"
        return known if not header or _S3_HEADERS.fullmatch(known.lower()) else ""
    if naming == "ec2" and (answer or serialized[:1].islower()):
        return serialized
    return name.lower() if name.isupper() else name[:1].lower() + name[1:]


def _paths(path: str, name: str, member: Any, naming: str) -> tuple[str, ...]:
    """Return the paths of a member: a selector takes one ``[*]``, and of lists within a list the first element."""
    word = f"{path}.{name}" if re.fullmatch(r"[\w-]+", name) else f"{path}.['{name}']"
    if member.type_name != "list":
        return (word,)
    element = "[0]" if "[*]" in path else "[*]"
    if naming == "ec2":
        return (f"{word}.items{element}",)
    if naming == "s3":
        inner = member.member.serialization.get("name", "member")
        word = word if member.serialization.get("flattened") else f"{word}.{inner}"
        return (word, f"{word}{element}")
    return (f"{word}{element}",)


def _form(pattern: str) -> str:
    """Return which texts occur within the values of a pattern, if it only lists characters; empty for any."""
    listed = re.fullmatch(r"\^?\(?(\[(?:\\.|[^\]\\])+\])(?:[*+]|\{\d+(?:,\d*)?\})?\)?\$?", pattern)
    form = f"{listed[1]}*" if listed else ""
    try:
        re.compile(form)
    except re.error:  # classes that Python does not have, such as \p{L}
        return ""
    return form

# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the installed botocore knows: the oldest supported one is older than some operations and parameters."""

from __future__ import annotations

from .account import Account


def is_supported(account: Account, service: str, operation: str, parameter: str = "") -> bool:
    """Return whether botocore knows an operation, and a parameter of it if one is given."""
    model = account.client(service).meta.service_model
    if operation not in model.operation_names:
        return False
    return not parameter or parameter in model.operation_model(operation).input_shape.members

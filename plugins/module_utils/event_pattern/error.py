# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The error of an invalid pattern."""

from __future__ import annotations


class PatternError(ValueError):
    """EventBridge would refuse the pattern; the message is its reason."""

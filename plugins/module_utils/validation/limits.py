# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The limits of any document that a person writes."""

from __future__ import annotations

MAX_FILE_BYTES = 1024 * 1024  # a rule with a dozen complete records has some 50 KB
MAX_DEPTH = 60
MAX_NUMBER = 2.0**360  # CloudWatch API reference, PutMetricData: greater values are rejected

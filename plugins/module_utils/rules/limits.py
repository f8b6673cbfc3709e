# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The limits and allowed values of a rule.

AWS limits are from the API references of CloudWatch Logs (PutMetricFilter, MetricTransformation) and CloudWatch
(PutMetricAlarm), and from the CloudWatch user guide; the others are set by this collection. ``tools/rule_schema.py``
writes them to ``rules/schema.json``.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

# Set by this collection: an id is a file name, a YAML key and part of resource names.
ID_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,63}")
PARAMETER_NAME_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,31}")
MAX_TITLE_LENGTH = 255  # an alarm's name
LONGEST_GROUPED_SECONDS = 10_800  # what an alarm for each value of a dimension is evaluated on (CloudWatch, "Limits")
MAX_DESCRIPTION_LENGTH = 1024  # an alarm's description
MAX_RUNBOOK_LENGTH = 10_000
SEVERITIES = ("informational", "low", "medium", "high", "critical")

# MetricFilter.
FILTER_NAME_PATTERN = re.compile(r"[^:*]{1,512}")
MAX_FILTERS_PER_LOG_GROUP = 100
MAX_REGEX_FILTERS_PER_LOG_GROUP = 5
MAX_TEST_MESSAGES = 50  # of one call of TestMetricFilter
SYSTEM_FIELDS = ("@aws.account", "@aws.region")
MAX_CRITERIA_LENGTH = 2000  # fieldSelectionCriteria

# MetricTransformation. Namespaces that start with "AWS/" are reserved for AWS services.
# AWS takes a colon in a namespace despite the model's pattern (recorded answer of AWS, 2026-02), but no alarm can watch
# one that begins with it (CloudWatch API reference, PutMetricAlarm).
NAMESPACE_PATTERN = re.compile(r"[^:*$][^*$]{0,254}")
METRIC_NAME_PATTERN = re.compile(r"[^:*$]{1,255}")
RESERVED_NAMESPACE_PREFIX = "AWS/"
MAX_METRIC_VALUE_LENGTH = 100
MAX_DIMENSIONS = 3
MAX_DIMENSION_LENGTH = 255
_BYTES = ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes")
_SIZES = (*_BYTES, "Bits", "Kilobits", "Megabits", "Gigabits", "Terabits")
_RATES = tuple(f"{unit}/Second" for unit in (*_SIZES, "Count"))
UNITS = ("Seconds", "Microseconds", "Milliseconds", *_SIZES, "Percent", "Count", *_RATES, "None")

# PutMetricAlarm.
STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
EXTENDED_STATISTIC_PATTERN = re.compile(
    r"p(100|\d{1,2}(\.\d{1,10})?)|(tm|tc|ts|wm)(100|\d{1,2}(\.\d{1,10})?)|IQM|(TM|TC|TS|WM|PR)\([0-9.%:]{1,40}\)"
)
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
"""How an alarm compares the statistic with the threshold (CloudWatch API reference, PutMetricAlarm)."""
MISSING_DATA = ("breaching", "notBreaching", "ignore", "missing")
HIGH_RESOLUTION_PERIODS = (10, 20, 30)
MAX_EVALUATION_SECONDS = 86_400

# Set by this collection: a folder with thousands of files is probably the wrong path.
MAX_RULE_FILES = 2_000

# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Limits of the filter pattern language: those of AWS, and those that bound the time of matching."""

from __future__ import annotations

MAX_PATTERN_LENGTH = 1024
"""Length of one pattern (CloudWatch Logs API reference, ``filterPattern``), read as characters, not bytes."""

MAX_REGEXES_PER_PATTERN = 2
"""Regular expressions of one pattern (CloudWatch Logs user guide, supported regular expressions)."""

MAX_WILDCARDS_PER_SELECTOR = 1
"""``[*]`` and ``.*`` steps of one property selector (CloudWatch Logs user guide, JSON filter patterns)."""

MAX_WILDCARD_SELECTORS = 3
"""Property selectors with a wildcard in one pattern, each occurrence counted (user guide, JSON filter patterns)."""

MAX_REGEX_POSITIONS = 1000
"""Characters that one regular expression can demand after ``{m,n}`` is written out; set here to bound the time."""

MAX_NUMBER_LENGTH = 1000
"""Characters of a number in a message; a comparison by value with a longer one is false. Set here (and by Jackson)."""

MAX_TREE_DEPTH = 200
"""Nesting of a syntax tree given to ``compile_tree``; a pattern of 1,024 characters cannot reach it."""

MAX_DOCUMENT_DEPTH = 100_000
"""Nesting of a JSON message; a deeper one matches nothing. Set here to bound the time."""

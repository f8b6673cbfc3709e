"""Write every generated block of the documentation."""

from __future__ import annotations

import sys

from tools.generate_docs.blocks import outdated

for path, text in outdated().items():
    path.write_text(text)
    sys.stdout.write(f"wrote {path}\n")

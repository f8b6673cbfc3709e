"""The table of the benchmarks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured line.

    Attributes:
        name: What was measured.
        ours: The result of this collection, in `unit`.
        unit: Such as "us", "requests/s".
        peer: The result of what it is compared with, from the same run; None without a comparison.
        peer_name: What it is compared with.
    """

    name: str
    ours: float
    unit: str
    peer: float | None = None
    peer_name: str = ""

    @property
    def ratio(self) -> str:
        """Return the result as a multiple of the peer's, or an empty string."""
        return f"{self.ours / self.peer:.2f}" if self.peer else ""


def table(rows: list[Row]) -> str:
    """Return the rows as an aligned table with a header."""
    heading = ("benchmark", "ours", "peer", "ratio", "unit", "peer is")
    cells = [heading] + [
        (row.name, f"{row.ours:,.2f}", f"{row.peer:,.2f}" if row.peer else "", row.ratio, row.unit, row.peer_name)
        for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heading))]
    numeric = {1, 2, 3}
    return "\n".join(
        "  ".join(
            text.rjust(width) if column in numeric else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )

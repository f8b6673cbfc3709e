"""The rows of a benchmark and how they are printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured line.

    Attributes:
        name: what was measured.
        ours: our figure, in `unit`.
        unit: such as "us", "requests/s".
        peer: the same figure of the peer, measured in the same run; None where there is none.
        peer_name: what the peer is.
    """

    name: str
    ours: float
    unit: str
    peer: float | None = None
    peer_name: str = ""

    @property
    def ratio(self) -> str:
        """Our figure as a multiple of the peer's, or an empty text."""
        return f"{self.ours / self.peer:.2f}" if self.peer else ""


def table(rows: list[Row]) -> str:
    """Return the rows as an aligned text table with a heading."""
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

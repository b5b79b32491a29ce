#!/usr/bin/env python3
"""Draws how often values of each confidence are right: the reliability diagram of docs/reliability.svg.

    benches/reliability.py SCORE.py OUT.svg NAME LABELS ANSWERS [NAME LABELS ANSWERS ...]

SCORE.py is the scoring program (its rules of what is right are used); ANSWERS is what `vouch read --format json` printed.
For each set it prints a table for docs/measurements.md. Accepted and unaccepted values are kept apart: what is accepted
is the promise, the rest is what a person looks at. Standard library only.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

BINS = [(0.0, 0.5), (0.5, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.99), (0.99, 1.01)]
SIDE, EDGE = 260, 44


def rules(path: str):
    spec = importlib.util.spec_from_file_location("score", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def values(score, labels: str, answers: str) -> list[tuple[str, float, bool, bool]]:
    """Field, confidence, accepted, right; of every labelled field that was read."""
    wanted = json.loads(Path(labels).read_text())
    found = []
    for line in Path(answers).read_text().splitlines():
        record = json.loads(line)
        label = wanted.get(Path(record["file"]).stem)
        fields = record.get("fields") or {}
        for name, key in (("total", "total"), ("issue_date", "date"), ("supplier_name", "company")):
            field = fields.get(name)
            if not label or not label.get(key) or not field:
                continue
            seen = field["value"]
            if name == "total":
                right = score.label_amount(seen) == score.label_amount(label[key])
            elif name == "issue_date":
                right = seen == score.label_date(label[key])
            else:
                right = score.supplier_key(seen) == score.supplier_key(label[key])
            found.append((name, float(field["confidence"]), bool(field["accepted"]), right))
    return found


def lower(right: int, count: int) -> float:
    """Wilson's lower bound of a share, at 95 per cent, one side."""
    if count == 0:
        return 0.0
    z, share = 1.645, right / count
    middle = share + z * z / (2 * count)
    spread = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    return (middle - spread) / (1 + z * z / count)


def table(name: str, found) -> list[tuple[float, float, int]]:
    print(f"\n| {name}: confidence | values | right | at least (95 %) |\n| --- | --- | --- | --- |")
    dots = []
    for low, high in BINS:
        of_bin = [(confidence, right) for _, confidence, _, right in found if low <= confidence < high]
        if of_bin:
            count, right = len(of_bin), sum(right for _, right in of_bin)
            mean = sum(confidence for confidence, _ in of_bin) / count
            print(f"| {low:.2f} to {min(high, 1):.2f} | {count} | {right / count:.3f} | {lower(right, count):.3f} |")
            dots.append((mean, right / count, count))
    accepted = [right for _, _, accepted, right in found if accepted]
    print(f"| accepted | {len(accepted)} | {sum(accepted) / len(accepted):.4f} | {lower(sum(accepted), len(accepted)):.4f} |")
    return dots


def panel(name: str, dots, left: int) -> str:
    at = lambda x, y: (left + EDGE + x * SIDE, EDGE + (1 - y) * SIDE)
    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    parts = [f'<rect x="{x0}" y="{y1}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#8a8f98"/>',
             f'<line x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}" stroke="#8a8f98" stroke-dasharray="4 4"/>',
             f'<text x="{x0 + SIDE / 2}" y="{EDGE - 14}" text-anchor="middle">{name}</text>',
             f'<text x="{x0 + SIDE / 2}" y="{y0 + 32}" text-anchor="middle">confidence</text>']
    for tick in (0, 0.5, 1):
        parts.append(f'<text x="{at(tick, 0)[0]}" y="{y0 + 16}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{x0 - 6}" y="{at(0, tick)[1] + 4}" text-anchor="end">{tick:g}</text>')
    path = " ".join(f"{'M' if place == 0 else 'L'}{at(x, y)[0]:.1f} {at(x, y)[1]:.1f}" for place, (x, y, _) in enumerate(dots))
    parts.append(f'<path d="{path}" fill="none" stroke="#0f7c54" stroke-width="2"/>')
    for x, y, count in dots:
        parts.append(f'<circle cx="{at(x, y)[0]:.1f}" cy="{at(x, y)[1]:.1f}" r="{2 + count ** 0.5 / 2:.1f}" fill="#0f7c54"><title>{count} values, {y:.3f} right</title></circle>')
    return "".join(parts)


def main() -> None:
    score = rules(sys.argv[1])
    sets = [sys.argv[at : at + 3] for at in range(3, len(sys.argv), 3)]
    panels = []
    for place, (name, labels, answers) in enumerate(sets):
        panels.append(panel(name, table(name, values(score, labels, answers)), place * (SIDE + EDGE * 2)))
    wide, high = len(sets) * (SIDE + EDGE * 2), SIDE + EDGE * 2
    Path(sys.argv[2]).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="sans-serif" font-size="12" fill="#30343b">'
        f'<title>Share of values that are right, by confidence</title><rect width="{wide}" height="{high}" fill="#fff"/>{"".join(panels)}</svg>\n'
    )


main()

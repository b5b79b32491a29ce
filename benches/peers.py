#!/usr/bin/env python3
"""Times `vouch read` against peers and against itself, interleaved, so that the ratios hold on a busy machine.

    benches/peers.py receipts VOUCH IMAGE...     RapidOCR, one thread each: seconds a receipt and their ratio
    benches/peers.py cores    VOUCH IMAGE...     one reader process against two: how many times the throughput
    benches/peers.py pdfs     VOUCH PDF...       invoice2data, one command over all of them: seconds a file, ratio
    benches/peers.py each     VOUCH PDF...       the same with a command for each file
        [--rounds N]                             so many passes of each, in turns (3)
        [--processes N]                          reader processes of vouch (1; 0: as many as there are processors)

Run it with a Python whose environment has the peer from PyPI: `rapidocr` with `onnxruntime`, or `invoice2data` (which
wants the program pdftotext). Every pass gives a ratio of its own; the best, the middle and the worst are printed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

os.environ["OMP_THREAD_LIMIT"] = os.environ["OMP_NUM_THREADS"] = "1"


def vouch(program: str, files: list[str], processes: int = 1) -> tuple[float, list[dict]]:
    """Seconds of one whole call, from starting the program to its end, and its answers."""
    started = time.perf_counter()
    how_many = ["--processes", str(processes)] if processes else []
    done = subprocess.run([program, "read", "--format", "json", *how_many, *files], capture_output=True, check=False)
    seconds = time.perf_counter() - started
    return seconds, [json.loads(line) for line in done.stdout.splitlines()]


def rapidocr() -> Callable[[list[str]], float]:
    """Seconds for the files, warm."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={
        "EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        "Global.use_cls": False, "Global.log_level": "error",
    })

    def timed(files: list[str]) -> float:
        started = time.perf_counter()
        for file in files:
            engine(file)
        return time.perf_counter() - started

    return timed


def invoice2data() -> Callable[[list[str]], float]:
    """Seconds for one whole call over the files: warm, it answers a file it has seen from memory."""
    command = os.path.join(os.path.dirname(sys.executable), "invoice2data")

    def timed(files: list[str]) -> float:
        started = time.perf_counter()
        subprocess.run([command, *files], capture_output=True, check=True)
        return time.perf_counter() - started

    return timed


def report(name: str, ratios: list[float], ours: list[float], theirs: list[float], unit: str) -> None:
    """One line for docs/measurements.md."""
    ratios = sorted(ratios)
    print(f"{name}: {statistics.median(ratios):.2f} (best {min(ratios):.2f}, worst {max(ratios):.2f})" if name == "receipts"
          else f"{name}: {statistics.median(ratios):.2f} (best {max(ratios):.2f}, worst {min(ratios):.2f})")
    print(f"  vouch {statistics.median(ours):.3f} {unit}, the other {statistics.median(theirs):.3f} {unit}, {len(ratios)} rounds")


def main() -> int:
    """Reads the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["receipts", "cores", "pdfs", "each"])
    parser.add_argument("vouch")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=1)
    options = parser.parse_args()
    files, ratios, ours, theirs = options.files, [], [], []
    peer = {"receipts": rapidocr, "pdfs": invoice2data, "each": invoice2data, "cores": lambda: None}[options.what]()
    if options.what != "cores":
        # The first file pays for what is loaded late.
        peer(options.files[:1])
    for _ in range(options.rounds):
        if options.what == "cores":
            one, two = vouch(options.vouch, files)[0], vouch(options.vouch, files, 2)[0]
            ours.append(two / len(files)), theirs.append(one / len(files)), ratios.append(one / two)
            continue
        calls = [[file] for file in files] if options.what == "each" else [files]
        seconds = sum(vouch(options.vouch, call, options.processes)[0] for call in calls) / len(files)
        other = sum(peer(call) for call in calls) / len(files)
        ours.append(seconds), theirs.append(other)
        ratios.append(seconds / other if options.what == "receipts" else other / seconds)
    report(options.what, ratios, ours, theirs, "s a file")
    return 0


if __name__ == "__main__":
    sys.exit(main())

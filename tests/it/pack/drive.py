"""Runs a pack's own verifier over many packs in one process: VERIFY.PY, then paths on standard input."""
import importlib.util
import json
import sys

spec = importlib.util.spec_from_file_location("verify", sys.argv[1])
verifier = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verifier)
for line in sys.stdin:
    verdict, faults = verifier.verify(line.rstrip("\n"))
    print(json.dumps([verdict, faults]))

"""``python -m tools.run_tests``: the whole suite, and the coverage that is promised."""

import subprocess
import sys

LEAST_PERCENT = {"domain/*": 100, "domain/*,usecases/*,adapters/*,blueprints/*,function_app.py": 90}
"""Files to the least line and branch coverage: of the domain, and of everything that is deployed."""


def main() -> int:
    """Run pytest with coverage, then hold each promise; the exit status."""
    tests = subprocess.run([sys.executable, "-m", "coverage", "run", "-m", "pytest"], check=False)
    failed = tests.returncode
    for files, least in LEAST_PERCENT.items():
        print(f"coverage of {files}: at least {least} %", flush=True)
        report = ["report", f"--include={files}", f"--fail-under={least}", "--precision=1"]
        failed |= subprocess.run(
            [sys.executable, "-m", "coverage", *report], check=False
        ).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())

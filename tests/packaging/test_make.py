"""The words of the Makefile, and what continuous integration calls."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("demo", "test", "lab", "check", "bench", "test-integrations", "build", "lock")


@pytest.mark.parametrize("word", WORDS)
def test_every_word_exists_and_is_explained(word):
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^{word} +\w", told, flags=re.MULTILINE)
    subprocess.run(["make", "--dry-run", word], cwd=ROOT, capture_output=True, check=True)


def test_the_demo_needs_no_node():
    plan = subprocess.run(["make", "--dry-run", "demo"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "jlpm" not in plan
    assert "node" not in plan


def test_continuous_integration_calls_the_words_that_people_use():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "CI=true" in script
    assert "make check" in script
    assert "make test" in script


def test_every_locked_version_is_exact_and_has_a_hash():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    wrong = [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]
    assert wrong == []
    assert "://" not in text

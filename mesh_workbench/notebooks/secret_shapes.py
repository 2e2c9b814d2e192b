"""What secrets look like: the shapes of well-known tokens, and values that only a secret has."""

from __future__ import annotations

import math
import re
from collections import Counter

_SHAPES: dict[str, tuple[str, str]] = {
    # name of the variable that it would be kept in: (what it is, pattern)
    "AWS_ACCESS_KEY_ID": ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GITHUB_TOKEN": ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b"),
    "GITLAB_TOKEN": ("a GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "SLACK_TOKEN": ("a Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    "STRIPE_KEY": ("a Stripe key", r"\b[sr]k_live_[A-Za-z0-9]{16,}"),
    "GOOGLE_API_KEY": ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}"),
    "ANTHROPIC_API_KEY": ("an Anthropic API key", r"\bsk-ant-[A-Za-z0-9_-]{24,}"),
    "OPENAI_API_KEY": ("an OpenAI API key", r"\bsk-(?:proj-)?(?!ant-)[A-Za-z0-9_-]{32,}"),
    "HF_TOKEN": ("a Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}\b"),
    "DATABRICKS_TOKEN": ("a Databricks token", r"\bdapi[0-9a-f]{32}\b"),
    "NPM_TOKEN": ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    "PYPI_TOKEN": ("a PyPI token", r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{20,}"),
    "SENDGRID_API_KEY": ("a SendGrid key", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    "STORAGE_CONNECTION": ("an Azure storage key", r"\bAccountKey=[A-Za-z0-9+/]{80,}={0,2}"),
    "PRIVATE_KEY": ("a private key", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "TOKEN": ("a signed token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "DATABASE_URL": ("an address with a password", r"\b[a-z][a-z0-9+.-]*://[^\s:/@'\"]*:(?P<password>[^\s/@'\"]+)@"),
}
_ANY = re.compile("|".join(f"(?P<{name}>{pattern})" for name, (_, pattern) in _SHAPES.items()))

_PLACEHOLDER = re.compile(
    r"(?ix) pass | password | passwd | pwd | secret | token | key | change_?me | redacted | hidden | none | null | test"
    r"| example | dummy | fake | todo | x{3,} | \*+ | \.{2,} | …+ | _+ | -+ | <.*> | \$.* | %.* | \{.*"
    r"| (?:your|my|the|insert|enter)[\s_-].* | .*\b(?:here|placeholder)"
)
_PASSWORD = re.compile(r"(?:^|_)(?:password|passwd|passphrase|pwd)$")
_TOKEN = re.compile(
    r"(?:^|_)(?:token|secret|apikey|api_key|access_key|secret_key|private_key|account_key|auth_key|client_secret"
    r"|credentials?|authorization)$"
)


def shaped(text: str) -> tuple[str, str, int] | None:
    """Of the first well-known secret in `text`: the variable to keep it in, what it is, and where it begins."""
    for found in _ANY.finditer(text):
        name = found.lastgroup if found.lastgroup != "password" else "DATABASE_URL"
        if found["password"] is None or not placeholder(found["password"]):
            assert name is not None
            return name, _SHAPES[name][0], found.start()
    return None


def named(name: str, value: str) -> str | None:
    """What `value` is, if by the `name` that holds it and by its own look it is a secret."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    if placeholder(value) or value.startswith(("env:", "file:", "keyring:")):
        return None
    if _PASSWORD.search(words):
        return "a password" if len(value) >= 4 and not re.search(r"\s", value) else None
    if _TOKEN.search(words) and _random(value.removeprefix("Bearer ").removeprefix("Basic ")):
        return "a secret"
    return None


def placeholder(value: str) -> bool:
    """Whether `value` only holds the place of a secret."""
    return not value.strip() or _PLACEHOLDER.fullmatch(value.strip()) is not None


def _random(value: str) -> bool:
    """Whether nobody would have chosen `value`: long, one word, letters and digits, few repetitions."""
    if len(value) < 12 or re.search(r"\s", value) or not re.search(r"\d", value) or not re.search(r"[A-Za-z]", value):
        return False
    counts = Counter(value)
    entropy = -sum(count / len(value) * math.log2(count / len(value)) for count in counts.values())
    return entropy >= 3.0

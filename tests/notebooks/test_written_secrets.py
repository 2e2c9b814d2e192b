"""Secrets in the source of a notebook are found, replaced on request, and seldom imagined."""

from __future__ import annotations

import pytest

from mesh_workbench.model.notebook import Finding, FindingLevel
from mesh_workbench.notebooks.analyse import analyse
from mesh_workbench.notebooks.fixes import apply_fix
from mesh_workbench.notebooks.read import parse
from tests.builders import notebook

RANDOM = "q7Zk2XvB91mTnR4sLp0Yd8Wc"
TOKENS = {  # put together here, so that nobody who looks for secrets stops at this file
    "GITHUB_TOKEN": "ghp_" + "a1B2c3D4e5F6" * 3,
    "GITLAB_TOKEN": "glpat-" + "x9Kd82hFqLmZ0pRtWv3B",
    "AWS_ACCESS_KEY_ID": "AKIA" + "IOSFODNN7QWERTYZ",
    "SLACK_TOKEN": "xoxb-" + "123456789012-abcdef",
    "STRIPE_KEY": "sk_live_" + RANDOM,
    "GOOGLE_API_KEY": "AIza" + "Sy" + "a1B2c3D4e5F6" * 2 + "a1B2c3D4e",
    "OPENAI_API_KEY": "sk-" + "proj-" + RANDOM * 2,
    "ANTHROPIC_API_KEY": "sk-" + "ant-" + RANDOM * 2,
    "HF_TOKEN": "hf_" + "aBcDeFgHiJ" * 4,
    "DATABRICKS_TOKEN": "dapi" + "0123456789abcdef" * 2,
    "TOKEN": "eyJ" + "hbGciOiJIUzI1NiJ9.eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0." + RANDOM,
    "PRIVATE_KEY": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "STORAGE_CONNECTION": "AccountName=x;AccountKey=" + "a1B2c3D4" * 11 + "==",
    "DATABASE_URL": "postgresql://ana:s3cret@db/flights",
}


def secrets(*cells: str) -> list[Finding]:
    return [finding for finding in analyse(notebook(*cells)).findings if finding.code == "notebook.written-secret"]


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize(
    "cell", ["x = '{}'", "ask(1, ['{}'])", "# {}", "x = f'{{y}} {}'", "!curl {}", "x = = {}", "# Text\n\n{}"]
)
def test_well_known_tokens_are_found_wherever_they_stand(name: str, cell: str) -> None:
    [finding] = secrets("y = 1", cell.format(TOKENS[name]))
    assert finding.level is FindingLevel.ERROR
    assert finding.cell == 1
    assert name in finding.hint
    assert TOKENS[name] not in finding.model_dump_json()


@pytest.mark.parametrize(
    "cell",
    [
        "password = 'hunter22'",
        "DB_PASSWORD: str = 'hunter22'",
        "user, pwd = 'ana', 'hunter22'",
        "connect(user='ana', password='hunter22')",
        "os.environ['WAREHOUSE_PASSWORD'] = 'hunter22'",
        "config.password = 'hunter22'",
        "config = {'user': 'ana', 'password': 'hunter22'}",
        "def connect(user, password='hunter22'): ...",
        "%env DB_PASSWORD=hunter22",
        "(dbPassword := 'hunter22')",
        f"api_key = '{RANDOM}'",
        f"headers = {{'Authorization': 'Bearer {RANDOM}'}}",
    ],
)
def test_what_is_called_a_secret_and_looks_like_one_is_found(cell: str) -> None:
    assert len(secrets(cell)) == 1


@pytest.mark.parametrize(
    "cell",
    [
        "password = ''",
        "password = 'password'",
        "password = '<your password>'",
        "password = 'YOUR_PASSWORD'",
        "password = getpass()",
        "password = os.environ['PASSWORD']",
        "password = mesh.secret('env:PASSWORD')",
        "reference = password = 'env:PASSWORD'",
        "password_column = 'hunter22'",
        "token = 'the'",
        "token = 'a sentence of 12 words'",
        "tokens = ['a1b2c3d4e5f6g7h8i9']",
        "secret_name = 'a1b2c3d4e5f6g7h8i9'",
        "key = 'tailnum'",
        "api_key = 'changeme'",
        "if password == 'hunter22': ...",
        "url = 'postgresql://db/flights'",
        "url = 'postgresql://user:password@localhost/flights'",
        "url = f'postgresql://{user}:{password}@localhost/flights'",
        "url = 'https://example.org:8080/a@b'",
        f"digest = '{RANDOM}'",
        "password = 'hunter22'  # not a secret: the demo's",
    ],
)
def test_what_only_looks_like_one_is_none(cell: str) -> None:
    assert secrets(cell) == []


def fixed(*cells: str) -> list[str]:
    text = notebook(*cells)
    [finding] = secrets(*cells)
    assert finding.fix is not None
    changed = apply_fix(text, finding.fix)
    assert [one for one in analyse(changed).findings if one.code == finding.code] == []
    return [cell.source for cell in parse(changed).cells]


def test_a_secret_is_replaced_by_its_reference() -> None:
    assert fixed("import mesh_workbench as m", "größe = 1; db = connect(user='ana', password='hunter22')  # ü") == [
        "import mesh_workbench as m",
        "größe = 1; db = connect(user='ana', password=m.secret(\"env:PASSWORD\"))  # ü",
    ]


def test_the_import_that_it_needs_comes_first() -> None:
    assert fixed("password = 'hunter22'", "import mesh_workbench as mesh") == [
        "import mesh_workbench as mesh",
        'password = mesh.secret("env:PASSWORD")',
        "import mesh_workbench as mesh",
    ]


def test_a_secret_beside_magics_is_replaced_too() -> None:
    assert fixed("import mesh_workbench as mesh\n%matplotlib inline\n\npassword = (\n  'hunter' '22'\n)")[0].endswith(
        'password = (\n  mesh.secret("env:PASSWORD")\n)'
    )


def test_a_secret_within_a_longer_text_is_left_to_a_person() -> None:
    [finding] = secrets("url = f'postgresql://ana:s3cret@{host}/flights'")
    assert finding.fix is None

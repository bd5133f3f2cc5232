"""Every Terraform root and module is laid out alike, and its README says what goes in and out."""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.infra.dockerfile import ROOT

TERRAFORM: Final = ROOT / "infra/terraform"
FOLDERS: Final = sorted(
    path.parent for path in TERRAFORM.glob("**/terraform.tf") if ".terraform" not in path.parts
)
NAMES: Final = [str(folder.relative_to(TERRAFORM)) for folder in FOLDERS]


def declared(folder: Path, kind: str) -> dict[str, str]:
    """Variables or outputs, and the text of each."""
    text = (folder / f"{kind}s.tf").read_text(encoding="utf-8")
    return dict(re.findall(rf'^{kind} "(\w+)" {{\n(.*?)^}}', text, re.MULTILINE | re.DOTALL))


def test_they_are_all_here() -> None:
    modules = [f"modules/{path.name}" for path in sorted((TERRAFORM / "modules").iterdir())]
    assert sorted(NAMES) == ["bootstrap", "envs/dev", "envs/prod", *modules]


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_it_has_its_files(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} >= {
        "main.tf", "variables.tf", "outputs.tf", "terraform.tf", "README.md",
    }  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_its_readme_names_what_goes_in_and_out(folder: Path) -> None:
    """Each variable and output, none that isn't there; and that nothing was ever applied."""
    told = (folder / "README.md").read_text(encoding="utf-8")
    tables = told.split("\n| in | |\n")[1].split("```")[0].split("\n| out | |\n")
    for kind, table in zip(("variable", "output"), tables, strict=True):
        first = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
        assert sorted(re.findall(r"`(\w+)`", "".join(first))) == sorted(declared(folder, kind))
    assert re.search(r"schema-verified, never\s+applied", told, re.IGNORECASE)


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
@pytest.mark.parametrize("kind", ["variable", "output"])
def test_each_has_a_description(folder: Path, kind: str) -> None:
    for name, body in declared(folder, kind).items():
        assert re.search(r'description\s+= ".{8,}"', body), name


@pytest.mark.parametrize("name", ["variables.tf", "outputs.tf"])
def test_environments_are_asked_and_tell_the_same(name: str) -> None:
    """They differ in main.tf, and in their states' names."""
    dev, prod = ((TERRAFORM / "envs" / environment / name).read_text() for environment in ("dev", "prod"))
    assert dev == prod

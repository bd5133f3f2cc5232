"""The diagrams of docs/ are of what is there: boxes are modules, arrows what one tells another, figures the defaults."""

import re
from typing import Final

from tests.infra.dockerfile import ROOT

MODULES: Final = ROOT / "infra/terraform/modules"
STACK: Final = (MODULES / "stack/main.tf").read_text(encoding="utf-8")


def diagram(page: str) -> str:
    """The first one of a page."""
    return (ROOT / "docs" / page).read_text(encoding="utf-8").split("```mermaid\n")[1].split("```")[0]


def told() -> set[tuple[str, str]]:
    """Who tells whom, by the arguments of the stack's modules and what stands behind their locals."""
    before, *blocks = re.split(r"^module ", STACK, flags=re.MULTILINE)
    kept = re.findall(r"^  (for_\w+|common)\s+= (.+?)(?=^  \w|^})", before, re.MULTILINE | re.DOTALL)
    behind = {name: mentioned(text) for name, text in kept}
    for name, text in kept:
        if "local.common" in text and name != "common":
            behind[name] |= behind["common"]
    pairs = set()
    for block in blocks:
        body = block.split("\n}\n")[0]
        sources = mentioned(body).union(
            *(behind[name] for name in behind if f"local.{name}\n" in f"{body}\n")
        )
        pairs |= {(source, block.split('"')[1]) for source in sources}
    return pairs


def mentioned(text: str) -> set[str]:
    return set(re.findall(r"\bmodule\.(\w+)\.", text))


def test_every_module_is_a_box_and_every_arrow_a_reference() -> None:
    names = {path.name for path in MODULES.iterdir()}
    drawn = diagram("infrastructure-modules.md")
    boxes = set(re.findall(r'^    (\w+)\["\1<br/>', drawn, re.MULTILINE))
    assert boxes == names | {"bootstrap"}
    arrows = {
        (source, target)
        for source, targets in re.findall(r'^  (\w+) -- ".+" --> (.+)$', drawn, re.MULTILINE)
        for target in targets.split(" & ")
    }
    assert arrows == told()


def test_its_addresses_are_those_of_the_network() -> None:
    variables = (MODULES / "network/variables.tf").read_text(encoding="utf-8")
    defaults = set(re.findall(r"^  default     = (.*\d/\d.*)$", variables, re.MULTILINE))
    drawn = diagram("network-topology.md")
    assert set(re.findall(r"10\.[\d.]+/\d+", " ".join(defaults))) == set(re.findall(r"10\.[\d.]+/\d+", drawn))


def test_what_the_seed_has_become_is_there() -> None:
    """Every file and test that docs/SEED.md names for the AWS diagram."""
    section = (
        (ROOT / "docs/SEED.md").read_text(encoding="utf-8").split("## The AWS diagram")[1].split("\n## ")[0]
    )
    places = [
        MODULES,
        ROOT,
        ROOT / "infra/terraform",
        ROOT / "tests/infra",
        ROOT / "infra/terraform/envs/prod/tests",
    ]
    named = {
        name for name in re.findall(r"`([\w./-]+)`", section) if re.search(r"\.(tf|py|hcl|json)$|/$", name)
    }
    assert len(named) > 30
    found = {name for name in named if any((place / name).exists() for place in places)}
    assert named - found == {"pipeline.asl.json", "config.json"}

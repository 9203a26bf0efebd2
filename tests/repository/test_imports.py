"""What the product imports, it also installs: a package that only the developers' lock holds is not there for users."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]


def imported() -> dict[str, Path]:
    """Every package that a file of the product imports at any place, with one such file."""
    found: dict[str, Path] = {}
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            found |= {name.split(".")[0]: path for name in names}
    return {name: path for name, path in found.items() if name != "opstap" and name not in sys.stdlib_module_names}


def plain(name: str) -> str:
    """A distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_that_the_product_imports_is_pinned_for_its_users() -> None:
    lock = (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8")
    pinned = {
        name.lower().replace("_", "-").replace(".", "-") for name in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)
    }
    known, lacking = packages_distributions(), {}
    for name, path in imported().items():
        homes = {plain(home) for home in known.get(name, [name])}
        if not homes & pinned:
            lacking[name] = path.relative_to(ROOT).as_posix()
    assert lacking == {}

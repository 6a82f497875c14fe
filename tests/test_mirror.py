"""The tests of modules/ mirror it: each module has one file of tests, with its path and its name."""

from __future__ import annotations

from main import ROOT


def test_each_module_has_its_file_of_tests() -> None:
    modules = {
        path.relative_to(ROOT / "modules").with_suffix("")
        for path in (ROOT / "modules").rglob("*.py")
        if path.name != "__init__.py"
    }
    tests = ROOT / "tests" / "modules"
    tested = {path.relative_to(tests).with_name(path.stem.removeprefix("test_")) for path in tests.rglob("test_*.py")}
    problems = [
        *(
            f"modules/{module}.py has no tests: add tests/modules/{module.with_name(f'test_{module.name}.py')}"
            for module in sorted(modules - tested)
        ),
        *(
            f"tests/modules/{module.with_name(f'test_{module.name}.py')} has no module: "
            f"add modules/{module}.py, or move its tests to the file of the module that they test"
            for module in sorted(tested - modules)
        ),
    ]
    assert problems == [], "\n".join(problems)

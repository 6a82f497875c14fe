"""The descriptions of settings are the docstrings below them."""

from config.descriptions import descriptions
from config.environment import Environment
from config.model import Model


class Parent(Model):
    size: int
    """How large
    it is."""

    plain: int = 0
    other: str = "text"
    """Replaced below."""


class Child(Parent):
    other: str = "text"
    """Its own."""


def own(model: type[Model]) -> dict[str, str]:
    return {name: text for name, text in descriptions(model).items() if name in model.model_fields}


def test_a_docstring_below_a_setting_describes_it() -> None:
    assert own(Parent) == {"size": "How large\nit is.", "other": "Replaced below."}


def test_a_setting_that_is_inherited_keeps_its_description() -> None:
    assert own(Child) == {"size": "How large\nit is.", "other": "Its own."}


def test_every_setting_of_a_file_has_one() -> None:
    settings = set(Environment.model_fields) - Environment.not_in_file
    assert settings <= descriptions(Environment).keys()

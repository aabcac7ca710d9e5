from __future__ import annotations

import pytest

from albench.registry.build import build_catalogue
from albench.registry.lookup import get_builtin, load_catalogue, make_recipe, restore_component


def test_the_catalogue_is_current():
    """`python -m albench.registry` writes it anew."""
    assert load_catalogue() == build_catalogue()


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, entries in load_catalogue().items() if kind != "model" for name in entries],
)
def test_every_entry_leads_to_its_class_and_says_what_it_is(kind, name):
    cls = get_builtin(kind, name)
    assert (cls.kind, cls.name) == (kind, name)
    facts = load_catalogue()[kind][name]
    assert facts["summary"].endswith((".", ").", ")"))
    assert all(schema.get("description") for schema in facts["parameters"].values()), facts["parameters"]
    if not facts["required"]:
        component = cls()
        assert restore_component(make_recipe(component)) == component

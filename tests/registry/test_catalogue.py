from __future__ import annotations

import pytest

from albench.registry.build import build_catalogue
from albench.registry.lookup import builtin, catalogue, recipe, restore


def test_the_catalogue_is_current():
    """`python -m albench.registry` writes it anew."""
    assert catalogue() == build_catalogue()


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, entries in catalogue().items() if kind != "model" for name in entries],
)
def test_every_entry_leads_to_its_class_and_says_what_it_is(kind, name):
    cls = builtin(kind, name)
    assert (cls.kind, cls.name) == (kind, name)
    facts = catalogue()[kind][name]
    assert facts["summary"].endswith((".", ").", ")"))
    assert all(schema.get("description") for schema in facts["parameters"].values()), facts["parameters"]
    if not facts["required"]:
        component = cls()
        assert restore(recipe(component)) == component

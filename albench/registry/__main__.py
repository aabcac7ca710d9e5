"""``python -m albench.registry``: write ``catalogue.json`` anew."""

from albench.registry.build import write_catalogue

write_catalogue()

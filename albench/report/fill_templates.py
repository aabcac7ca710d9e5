"""Filling the templates of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from albench.narrative.cheapest_oracle import format_cost_share
from albench.narrative.checks.shape import list_skewed
from albench.narrative.oracles import format_points
from albench.narrative.repeats import describe_end
from albench.narrative.streams.wording import format_share
from albench.narrative.wording import describe_control, describe_undefined, describe_untested, name_oracle
from albench.report.figures.common import shorten_name
from albench.report.figures.critical_difference import build_diagram
from albench.report.html import embed, numbers
from albench.report.html.sentences import mark_names, split_clauses
from albench.report.html.theme import CONFIG, DARK, LIGHT, PAPER, THEMES
from albench.report.page import flatten_mapping
from albench.report.picks_map import pack_stories
from albench.report.tables.leaderboard import COLUMNS, format_cell, read_value
from albench.tables import ON_PAGE
from albench.text import format_amount

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import jinja2

FAILURES_SHOWN = 200
FILTERS: Mapping[str, Callable[..., Any]] = {
    "level": numbers.format_level,
    "signed": numbers.format_signed,
    "percent": numbers.format_percent,
    "points": format_points,
    "amount": format_amount,
    "cost_share": format_cost_share,
    "undefined_reason": describe_undefined,
    "span": numbers.format_span,
    "saving_span": numbers.format_saving_span,
    "rank": numbers.format_rank,
    "rank_span": numbers.format_rank_span,
    "share": format_share,
    "p_value": numbers.format_p_value,
    "probability": numbers.format_probability,
    "seconds": numbers.format_seconds,
    "ratio": numbers.format_ratio,
    "bind_percent": numbers.bind_percent,
    "value": read_value,
    "cell": format_cell,
    "json": embed.format_json,
    "flatten": flatten_mapping,
    "clauses": split_clauses,
    "mark_names": mark_names,
    "stories": pack_stories,
    "shorten": shorten_name,
    "list_skewed": list_skewed,
    "describe_control": describe_control,
    "describe_untested": describe_untested,
    "describe_end": describe_end,
    "name_oracle": name_oracle,
}


def fill_template(template: jinja2.Template, *contexts: Any) -> str:
    """Return a template with the fields of some contexts."""
    # `asdict` would copy every curve.
    return template.render({name: value for context in contexts for name, value in vars(context).items()})


def load_templates(data_script: Callable[[Any], str] = embed.render_data_script) -> jinja2.Environment:
    """Return the templates, which write data of figures by ``data_script``."""
    import jinja2

    from albench.report.html.compiled_templates import CompiledTemplates

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("albench.report"),
        bytecode_cache=CompiledTemplates(),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS
    environment.filters["data_script"] = data_script
    environment.globals |= {
        "count": numbers.format_count,
        "diagram": build_diagram,
        "columns": COLUMNS,
        "on_page": [COLUMNS[name] for name in ON_PAGE],
        "light": LIGHT,
        "dark": DARK,
        "paper": PAPER,
        "themes": {name: theme.build_template() for name, theme in THEMES.items()},
        "config": CONFIG,
        "failures_shown": FAILURES_SHOWN,
    }
    return environment

"""A pilot inside the labelled part of a table: what more labels give, and by which strategy to buy them."""

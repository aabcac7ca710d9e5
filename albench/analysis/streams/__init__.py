"""From the tables of streams to evidence: each strategy against random sampling of as many labels."""

"""Contract tests of components: of a strategy through the loop that runs trials."""

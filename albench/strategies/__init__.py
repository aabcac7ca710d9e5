"""The built-in query strategies, one idea a file, and the computations that they share.

Strategies, by family:

* baseline, control: baseline, control
* uncertainty: uncertainty
* committee: committee, batch_bald, epig
* density: density, graph_density, margin_clusters
* diversity: diversity, coverage, prob_cover, typiclust, sampled, clustered, contrastive
* hybrid: badge and falcun in sampled; clue, drop_query and weighted_k_means in clustered; balance, bait,
  galaxy, hierarchical, kernel, ranked_batch, uncertainty_herding
* look-ahead: expected_error, expected_gradient
* wrappers: inner (their base), stochastic, subsampling, bandit
* adapter: skactiveml_adapter, skactiveml_models

What they share:

* once for a split: linkage, neighbours, pool_clusters
* over the rounds of a trial: distances, rounds, covering
* within a batch: greedy, centroids
* numbers alone: measures, pairs, kmeans, herding, softmax, softmax_refits, quasi_newton
"""

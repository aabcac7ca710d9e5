"""Computations that strategies share.

* once for a split: linkage, neighbours, pool_clusters, similarity_sums
* over the rounds of a trial: carried_state, covering, distances
* within a batch: centroids, group_choice, lazy_greedy, weighted_draws
* numbers alone: active_lab_scores, gaussian_kernel, k_means_clustering, kernel_cover, linear_algebra,
  pairs, quasi_newton, softmax, softmax_refits
"""

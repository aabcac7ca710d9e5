"""What other libraries, papers and people call what is built in: hints lead from there to albench's names.

A name in a spec stays one: an alias is an error that says the right word.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from albench.registry.catalogue import load_catalogue
from albench.text import quote, suggest_word

if TYPE_CHECKING:
    from albench.contracts import Kind

# Kind -> entry, as a spec writes it -> its other names, with blanks between. Names of classes of estimators
# need not stand here.
ALIASES: dict[Kind, dict[str, str]] = {
    "strategy": {
        "random": (
            "random_sampling random_sampler random_strategy query_instance_random rand uniform "
            "uniform_sampling passive passive_learning"
        ),
        "least_confident": (
            "least_confidence least_confident_sampling lc confidence confidence_sampler uncertainty "
            "uncertainty_sampling query_instance_uncertainty us certainty"
        ),
        "margin": (
            "margin_sampling margin_sampler smallest_margin sm margin_confidence marginal_confidence "
            "breaking_ties bt best_versus_second_best bvsb"
        ),
        "entropy": (
            "entropy_sampling entropy_sampler max_entropy maximum_entropy shannon_entropy prediction_entropy "
            "predictive_entropy"
        ),
        "ratio_of_confidence": "ratio_confidence confidence_ratio ratio",
        "distance_to_boundary": (
            "distance_to_hyperplane hyperplane_distance closest_to_hyperplane simple_margin svm_active"
        ),
        "cost_sensitive": "cost_sensitive_uncertainty",
        "epsilon_greedy": "eps_greedy epsilon_uncertainty_sampling epsilon_greedy_uncertainty",
        "{epsilon_greedy: margin}": "random_margin random_margin_mix",
        "power_sampling": "power power_acquisition stochastic_batch_acquisition",
        "{power_sampling: margin}": "power_margin",
        "{power_sampling: entropy}": "power_entropy",
        "gibbs_sampling": "gibbs softmax_sampling softmax_acquisition",
        "{gibbs_sampling: bald}": "softmax_bald soft_bald",
        "rank_sampling": "rank_based_sampling soft_rank",
        "qbc": "query_by_committee query_instance_qbc committee disagreement",
        "{qbc: vote_entropy}": "vote_entropy vote_entropy_sampling qbc_vote_entropy",
        "{qbc: kl}": "kl kl_divergence qbc_kl qbc_kl_divergence",
        "{qbc: kl_max}": "kl_max qbc_kl_max max_disagreement max_disagreement_sampling",
        "{qbc: consensus_entropy}": "consensus_entropy consensus_entropy_sampling qbc_consensus_entropy",
        "{qbc: variation_ratio}": (
            "variation_ratio variation_ratios max_variation_ratios qbc_variation_ratio qbc_variance_ratio"
        ),
        "{qbc: min_margin}": "min_margin min_margin_ensemble",
        "bald": "greedy_bald mutual_information expected_information_gain eig",
        "{bald: {committee: mc_dropout}}": "mc_dropout mc_dropout_bald bald_dropout monte_carlo_dropout",
        "batch_bald": "bald_batch",
        "epig": "expected_predictive_information_gain",
        "information_density": "info_density density",
        "density_weighted": (
            "density_weighted_us density_weighted_uncertainty query_instance_density_weighted"
        ),
        "density_weighted_meta": "dw_meta",
        "graph_density": "query_instance_graph_density ralf",
        "ranked_batch": "ranked_batch_mode ranked_batch_sampler uncertainty_batch_sampling",
        "k_center": (
            "core_set coreset_greedy greedy_coreset query_instance_coreset_greedy k_center_greedy k_centre "
            "farthest_first furthest_first max_dist gsx greedy_sampling_x"
        ),
        "{k_center: {one_shot: true}}": "relative_distance",
        "lightweight_coreset": "light_coreset",
        "k_means": "k_means_sampling k_means_sampler k_means_centroids embedding_k_means cluster_sampling",
        "{k_means: {minibatch: true}}": "mini_batch_k_means mini_batch_k_means_sampler",
        "weighted_k_means": (
            "wk_means weighted_cluster two_step_k_means two_step_k_means_sampler diverse_mini_batch dmbal"
        ),
        "facility_location": "submodular submodular_sampling submodular_sampler",
        "typiclust": "typical_clustering tpc_rp",
        "prob_cover": "probability_cover probability_coverage",
        "max_herding": "kernel_herding herding",
        "uncertainty_herding": "u_herding",
        "quire": "query_instance_quire",
        "hierarchical_sampling": "hierarchical hierarchical_cluster_al dasgupta_hsu",
        "mcpal": "probabilistic_al probabilistic_active_learning multi_class_probabilistic_al",
        "cluster_margin": "hac_margin",
        "clue": "clustering_uncertainty_weighted_embeddings",
        "badge": "gradient_embeddings diverse_gradient_embeddings",
        "contrastive_al": "cal contrastive_active_learning",
        "discriminative_al": "dal discriminative_active_learning",
        "representative_sampling": "representative representativeness",
        "anchor_subsampling": "anchor_al",
        "per_cost": "cost_benefit benefit_per_cost return_on_investment roi",
        "random_subsampling": "subsampling sub_sampling_wrapper subsampling_query_strategy",
        "expected_error_reduction": "eer expected_error monte_carlo_eer query_expected_error_reduction",
        "{expected_error_reduction: log}": "eer_log expected_log_loss_reduction",
        "{expected_error_reduction: zero_one}": "eer_01 eer_zero_one",
        "expected_gradient_length": "egl",
        "albl": "active_learning_by_learning",
        "mcm": "margin_cluster_mean",
        "info_div": "informative_diverse informative_and_diverse",
        "tcm": "typiclust_margin",
        "bait": "fisher_information",
        "relevance": "relevance_feedback continuous_active_learning most_likely_positive",
        "balanced_random": "class_balanced_random",
        "balanced_margin": "class_balancer class_balanced_margin",
        "oracle_greedy": "greedy_oracle upper_bound",
        "skactiveml.pool.FourDs": "four_ds 4ds",
        "skactiveml.pool.EpistemicUncertaintySampling": (
            "epistemic_uncertainty epistemic_uncertainty_sampling"
        ),
        "skactiveml.pool.ValueOfInformationEER": "voi voi_eer value_of_information value_of_information_eer",
        "skactiveml.pool.CostEmbeddingAL": (
            "alce cost_embedding cost_embedding_al active_learning_with_cost_embedding"
        ),
        "{skactiveml.pool.UncertaintySampling: {method: expected_average_precision}}": (
            "expected_average_precision"
        ),
    },
    "model": {
        "logistic_regression": "lr logreg logistic logit max_ent softmax_regression",
        "random_forest": "rf rfc forest random_forest_classifier",
        "extra_trees": "et extremely_randomized_trees",
        "decision_tree": "dt tree cart",
        "svm_rbf": "svm rbf_svm kernel_svm svm_gaussian",
        "svm_linear": "linear_svm",
        "gaussian_nb": "nb gnb bayes naive_bayes",
        "multinomial_nb": "mnb",
        "knn": "knc k_nearest_neighbors k_nearest_neighbours nearest_neighbors k_neighbors",
        "gaussian_process": "gp gpc",
        "linear_discriminant_analysis": "lda",
        "quadratic_discriminant_analysis": "qda",
        "gradient_boosting": "gb gbc gbm gbt gbdt gradient_boosted_trees",
        "hist_gradient_boosting": "hgb hgbc hist_gbt",
        "ada_boost": "ada",
        "mlp": "neural_network neural_net nn multi_layer_perceptron",
        "torch_mlp": "torch pytorch pytorch_mlp",
        "lightgbm": "lgbm lgb light_gradient_boosting",
        "xgboost": "xgb",
        "catboost": "cat",
        "sgd": "stochastic_gradient_descent",
        "dummy": "majority majority_class most_frequent",
        "one_vs_rest": "ovr one_vs_all",
        "one_vs_one": "ovo",
    },
    "metric": {
        "accuracy": "acc accuracy_score",
        "balanced_accuracy": "bacc balanced_acc balanced_accuracy_score recall_macro macro_recall",
        "f1_macro": "macro_f1 macro_f1_score",
        "mcc": "matthews_corrcoef matthews_correlation phi_coefficient",
        "g_mean": "geometric_mean geometric_mean_score",
        "f1": "f1_score f_score f_measure f1_binary",
        "recall": "recall_score sensitivity tpr true_positive_rate hit_rate",
        "precision": "precision_score ppv positive_predictive_value",
        "roc_auc": "auc auroc auc_roc roc_auc_score area_under_curve",
        "average_precision": "ap average_precision_score auprc auc_pr",
        "log_loss": "nll neg_log_loss negative_log_likelihood cross_entropy deviance",
        "brier": "brier_score brier_score_loss neg_brier_score",
        "ece": "expected_calibration_error calibration_error",
    },
    "dataset": {
        "breast_cancer": "load_breast_cancer breast_cancer_wisconsin wdbc cancer",
        "iris": "load_iris",
        "wine": "load_wine",
        "digits": "load_digits optdigits",
        "two_moons": "make_moons moons",
        "two_spirals": "spirals spiral",
        "checkerboard": "chessboard",
        "libsvm": "svmlight load_svmlight_file",
        "npz": "numpy",
        "openml_suite": "benchmark_suite",
    },
    "oracle": {
        "perfect": "noise_free noiseless simulated",
        "uniform_noise": "noisy noisy_oracle label_noise symmetric_noise random_flips",
        "confusion": "confusion_matrix asymmetric_noise class_conditional_noise",
        "abstaining": "abstain",
        "refusing": "refuse",
    },
    "seed_set": {
        "random": "random_initialization random_initialisation",
        "stratified": "random_stratified random_initialization_stratified",
        "per_class": "balanced random_balanced random_initialization_balanced",
        "skewed": "biased some_classes",
        "rows": "indices fixed predefined",
        "density": "information_density",
        "k_means": "kmeans_centroids",
        "k_center": "core_set k_centre",
    },
    "stopping_rule": {
        "stabilizing_predictions": "kappa_average stabilising_predictions",
        "overall_uncertainty": "mean_entropy uncertainty_threshold",
        "min_expected_error": "minimum_expected_error mes",
        "max_confidence": "maximum_confidence maximum_uncertainty max_uncertainty",
        "performance_gradient": "performance_convergence gradient_based",
        "patience": "early_stopping plateau",
        "budget": "max_iterations labelling_budget",
    },
    "split": {
        "holdout": "train_test_split shuffle_split stratified_shuffle_split",
        "k_fold": "cross_validation cv stratified_k_fold",
        "declared": "predefined_split",
    },
}


def find_entry(kind: Kind, name: str) -> str | None:
    """Return the entry, as a spec writes it, that another name leads to; None if it is none that is known."""
    return _list_entries(kind).get(_fold(name))


def get_entry_name(entry: str) -> str:
    """Return the name in an entry of :data:`ALIASES`."""
    return entry.lstrip("{").partition(":")[0]


def suggest_entry(kind: Kind, name: str, command: str = "") -> str:
    """Return a hint for a name that is not built in: what albench calls it, else the closest name."""
    entry = find_entry(kind, name)
    if entry is None:
        return suggest_word(name, load_catalogue()[kind], command)
    return "  ".join(filter(None, [f"albench calls it {quote(entry)}", f"({command})" if command else ""]))


def list_aliases(kind: Kind, name: str) -> tuple[str, ...]:
    """Return the other names of what is built in."""
    return tuple(ALIASES.get(kind, {}).get(name, "").split())


@cache
def _list_entries(kind: Kind) -> dict[str, str]:
    """Return the entries of a kind by their other names, folded; those of estimators' classes among them."""
    classes = {
        _fold(facts["estimator"].rpartition(".")[2]): name
        for name, facts in load_catalogue()[kind].items()
        if "estimator" in facts
    }
    aliases = ALIASES.get(kind, {})
    return classes | {_fold(alias): entry for entry, names in aliases.items() for alias in names.split()}


def _fold(name: str) -> str:
    """Return a name in the form in which ``core_set``, ``core-set`` and ``CoreSet`` are one."""
    return "".join(filter(str.isalnum, name.lower()))

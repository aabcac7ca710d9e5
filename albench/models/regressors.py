"""scikit-learn's regressors by short name, but for those of several targets and those on their way out."""

from __future__ import annotations

from albench.models.model_name import ModelName, regressor

REGRESSORS: dict[str, ModelName] = {
    "ada_boost_regressor": regressor("ensemble.AdaBoostRegressor", "AdaBoost of regression trees."),
    "ard_regression": regressor(
        "linear_model.ARDRegression", "Bayesian linear regression with a prior a feature."
    ),
    "bagging_regressor": regressor("ensemble.BaggingRegressor", "Bagged regression trees."),
    "bayesian_ridge": regressor("linear_model.BayesianRidge", "Bayesian ridge regression."),
    "cca": regressor("cross_decomposition.CCA", "Canonical correlation analysis."),
    "decision_tree_regressor": regressor("tree.DecisionTreeRegressor", "Regression tree."),
    "dummy_regressor": regressor("dummy.DummyRegressor", "The mean, whatever the features: a floor."),
    "elastic_net": regressor("linear_model.ElasticNet", "Linear regression with L1 and L2 penalties."),
    "elastic_net_cv": regressor(
        "linear_model.ElasticNetCV", "Elastic net, its penalties chosen by cross-validation."
    ),
    "extra_tree_regressor": regressor("tree.ExtraTreeRegressor", "Regression tree with random thresholds."),
    "extra_trees_regressor": regressor(
        "ensemble.ExtraTreesRegressor", "Forest of 100 regression trees with random thresholds."
    ),
    "gamma_regressor": regressor(
        "linear_model.GammaRegressor", "Linear regression of gamma distributed targets."
    ),
    "gaussian_process_regressor": regressor("gaussian_process.GaussianProcessRegressor", "Gaussian process."),
    "gradient_boosting_regressor": regressor(
        "ensemble.GradientBoostingRegressor", "Gradient boosting of 100 regression trees."
    ),
    "hist_gradient_boosting_regressor": regressor(
        "ensemble.HistGradientBoostingRegressor",
        "Gradient boosting on binned features; takes missing values.",
    ),
    "huber_regressor": regressor("linear_model.HuberRegressor", "Linear regression, robust to outliers."),
    "isotonic_regression": regressor("isotonic.IsotonicRegression", "A monotone function of one feature."),
    "kernel_ridge": regressor("kernel_ridge.KernelRidge", "Kernel ridge regression."),
    "knn_regressor": regressor("neighbors.KNeighborsRegressor", "Mean of the five nearest neighbours."),
    "lars": regressor("linear_model.Lars", "Least angle regression."),
    "lars_cv": regressor(
        "linear_model.LarsCV", "Least angle regression, its length chosen by cross-validation."
    ),
    "lasso": regressor("linear_model.Lasso", "Linear regression with an L1 penalty."),
    "lasso_cv": regressor("linear_model.LassoCV", "Lasso, its penalty chosen by cross-validation."),
    "lasso_lars": regressor("linear_model.LassoLars", "Lasso by least angle regression."),
    "lasso_lars_cv": regressor(
        "linear_model.LassoLarsCV", "Lasso by least angle regression, its penalty chosen by cross-validation."
    ),
    "lasso_lars_ic": regressor(
        "linear_model.LassoLarsIC",
        "Lasso by least angle regression, its penalty chosen by an information criterion.",
    ),
    "linear_regression": regressor("linear_model.LinearRegression", "Ordinary least squares."),
    "mlp_regressor": regressor(
        "neural_network.MLPRegressor", "Neural network with one hidden layer of 100 units."
    ),
    "orthogonal_matching_pursuit": regressor(
        "linear_model.OrthogonalMatchingPursuit", "Orthogonal matching pursuit."
    ),
    "orthogonal_matching_pursuit_cv": regressor(
        "linear_model.OrthogonalMatchingPursuitCV",
        "Orthogonal matching pursuit, its length chosen by cross-validation.",
    ),
    "pls_canonical": regressor("cross_decomposition.PLSCanonical", "Canonical partial least squares."),
    "pls_regression": regressor("cross_decomposition.PLSRegression", "Partial least squares."),
    "poisson_regressor": regressor("linear_model.PoissonRegressor", "Linear regression of counts."),
    "quantile_regressor": regressor("linear_model.QuantileRegressor", "Linear regression of a quantile."),
    "radius_neighbors_regressor": regressor(
        "neighbors.RadiusNeighborsRegressor", "Mean of the neighbours within a radius."
    ),
    "random_forest_regressor": regressor(
        "ensemble.RandomForestRegressor", "Random forest of 100 regression trees."
    ),
    "ransac_regressor": regressor(
        "linear_model.RANSACRegressor", "Linear regression of the rows that agree."
    ),
    "ridge": regressor("linear_model.Ridge", "Linear regression with an L2 penalty."),
    "ridge_cv": regressor(
        "linear_model.RidgeCV", "Ridge regression, its penalty chosen by cross-validation."
    ),
    "sgd_regressor": regressor(
        "linear_model.SGDRegressor", "Linear regression by stochastic gradient descent."
    ),
    "stacking_regressor": regressor(
        "ensemble.StackingRegressor", "Several regressors and one that judges them.", required="estimators"
    ),
    "svm_linear_regressor": regressor("svm.LinearSVR", "Linear support vector regression."),
    "svm_nu_regressor": regressor("svm.NuSVR", "Support vector regression with a bound on its errors."),
    "svm_rbf_regressor": regressor("svm.SVR", "Support vector regression with a Gaussian kernel."),
    "theil_sen_regressor": regressor(
        "linear_model.TheilSenRegressor", "Linear regression by the median of many small fits."
    ),
    "transformed_target_regressor": regressor(
        "compose.TransformedTargetRegressor", "Regression of a transformed target."
    ),
    "tweedie_regressor": regressor(
        "linear_model.TweedieRegressor", "Linear regression of Tweedie distributed targets."
    ),
    "voting_regressor": regressor(
        "ensemble.VotingRegressor", "Mean of several regressors.", required="estimators"
    ),
}

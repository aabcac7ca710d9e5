"""scikit-learn's classifiers by short name, but for those of several targets and those on their way out."""

from __future__ import annotations

from albench.models.model_name import ModelName, classifier

CLASSIFIERS: dict[str, ModelName] = {
    "ada_boost": classifier("ensemble.AdaBoostClassifier", "AdaBoost of decision stumps."),
    "bagging": classifier("ensemble.BaggingClassifier", "Bagged decision trees.", decision=False),
    "bernoulli_nb": classifier("naive_bayes.BernoulliNB", "Naive Bayes of truth values.", decision=False),
    "calibrated_cv": classifier(
        "calibration.CalibratedClassifierCV",
        "A classifier with its probabilities calibrated by cross-validation.",
        decision=False,
    ),
    "categorical_nb": classifier("naive_bayes.CategoricalNB", "Naive Bayes of categories.", decision=False),
    "complement_nb": classifier(
        "naive_bayes.ComplementNB", "Naive Bayes of counts, for unequal classes.", decision=False
    ),
    "decision_tree": classifier("tree.DecisionTreeClassifier", "Decision tree.", decision=False),
    "dummy": classifier(
        "dummy.DummyClassifier", "The most frequent class, whatever the features: a floor.", decision=False
    ),
    "extra_tree": classifier(
        "tree.ExtraTreeClassifier", "Decision tree with random thresholds.", decision=False
    ),
    "extra_trees": classifier(
        "ensemble.ExtraTreesClassifier", "Forest of 100 trees with random thresholds.", decision=False
    ),
    "fixed_threshold": classifier(
        "model_selection.FixedThresholdClassifier",
        "A binary classifier with a threshold set by hand.",
        proba=None,
        decision=None,
        required=("estimator",),
    ),
    "gaussian_process": classifier(
        "gaussian_process.GaussianProcessClassifier",
        "Gaussian process with Laplace's approximation.",
        decision=False,
    ),
    "gradient_boosting": classifier("ensemble.GradientBoostingClassifier", "Gradient boosting of 100 trees."),
    "hist_gradient_boosting": classifier(
        "ensemble.HistGradientBoostingClassifier",
        "Gradient boosting on binned features; takes missing values.",
    ),
    "label_propagation": classifier(
        "semi_supervised.LabelPropagation",
        "Label propagation over the pool: semi-supervised.",
        decision=False,
    ),
    "label_spreading": classifier(
        "semi_supervised.LabelSpreading", "Label spreading over the pool: semi-supervised.", decision=False
    ),
    "linear_discriminant_analysis": classifier(
        "discriminant_analysis.LinearDiscriminantAnalysis", "Linear discriminant analysis."
    ),
    "logistic_regression_cv": classifier(
        "linear_model.LogisticRegressionCV", "Logistic regression, its penalty chosen by cross-validation."
    ),
    "mlp": classifier(
        "neural_network.MLPClassifier", "Neural network with one hidden layer of 100 units.", decision=False
    ),
    "multinomial_nb": classifier("naive_bayes.MultinomialNB", "Naive Bayes of counts.", decision=False),
    "nearest_centroid": classifier("neighbors.NearestCentroid", "Nearest centre of a class."),
    "one_vs_one": classifier(
        "multiclass.OneVsOneClassifier",
        "A binary classifier for each pair of classes.",
        proba=None,
        decision=None,
        required=("estimator",),
    ),
    "one_vs_rest": classifier(
        "multiclass.OneVsRestClassifier",
        "A binary classifier for each class.",
        proba=None,
        decision=None,
        required=("estimator",),
    ),
    "output_code": classifier(
        "multiclass.OutputCodeClassifier",
        "Binary classifiers in an error-correcting code.",
        proba=None,
        decision=None,
        required=("estimator",),
    ),
    "perceptron": classifier(
        "linear_model.Perceptron", "Perceptron; decision values, no probabilities.", proba=False
    ),
    "quadratic_discriminant_analysis": classifier(
        "discriminant_analysis.QuadraticDiscriminantAnalysis", "Quadratic discriminant analysis."
    ),
    "radius_neighbors": classifier(
        "neighbors.RadiusNeighborsClassifier", "Neighbours within a radius.", decision=False
    ),
    "ridge_classifier": classifier(
        "linear_model.RidgeClassifier",
        "Ridge regression of the classes; decision values, no probabilities.",
        proba=False,
    ),
    "ridge_classifier_cv": classifier(
        "linear_model.RidgeClassifierCV",
        "Ridge regression of the classes, its penalty chosen by cross-validation; decision values.",
        proba=False,
    ),
    "self_training": classifier(
        "semi_supervised.SelfTrainingClassifier",
        "Self-training: a classifier that labels the pool's sure rows itself. Semi-supervised control.",
        proba=None,
        decision=None,
        required=("estimator",),
    ),
    "sgd": classifier(
        "linear_model.SGDClassifier",
        "Linear model by stochastic gradient descent; a support vector machine by default.",
        proba=False,
    ),
    "stacking": classifier(
        "ensemble.StackingClassifier",
        "Several classifiers and one that judges them.",
        proba=None,
        decision=None,
        required=("estimators",),
    ),
    "svm_linear": classifier(
        "svm.LinearSVC", "Linear support vector machine; decision values, no probabilities.", proba=False
    ),
    "svm_nu": classifier(
        "svm.NuSVC",
        "Support vector machine with a bound on its errors; decision values, no probabilities.",
        proba=False,
    ),
    "tuned_threshold": classifier(
        "model_selection.TunedThresholdClassifierCV",
        "A binary classifier with its threshold tuned by cross-validation.",
        proba=None,
        decision=None,
        required=("estimator",),
    ),
    "voting": classifier(
        "ensemble.VotingClassifier",
        "Several classifiers that vote.",
        proba=None,
        decision=None,
        required=("estimators",),
    ),
}

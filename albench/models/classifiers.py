"""scikit-learn's classifiers by short name, but for those of several targets and those on their way out."""

from __future__ import annotations

from albench.models.model_name import ModelName, classifier

CLASSIFIERS: dict[str, ModelName] = {
    "ada_boost": classifier("ensemble.AdaBoostClassifier", "AdaBoost of decision stumps.", decision=True),
    "bagging": classifier("ensemble.BaggingClassifier", "Bagged decision trees."),
    "bernoulli_nb": classifier("naive_bayes.BernoulliNB", "Naive Bayes of truth values."),
    "calibrated_cv": classifier(
        "calibration.CalibratedClassifierCV",
        "A classifier with its probabilities calibrated by cross-validation.",
    ),
    "categorical_nb": classifier("naive_bayes.CategoricalNB", "Naive Bayes of categories."),
    "complement_nb": classifier("naive_bayes.ComplementNB", "Naive Bayes of counts, for unequal classes."),
    "decision_tree": classifier("tree.DecisionTreeClassifier", "Decision tree."),
    "dummy": classifier("dummy.DummyClassifier", "The most frequent class, whatever the features: a floor."),
    "extra_tree": classifier("tree.ExtraTreeClassifier", "Decision tree with random thresholds."),
    "extra_trees": classifier("ensemble.ExtraTreesClassifier", "Forest of 100 trees with random thresholds."),
    "fixed_threshold": classifier(
        "model_selection.FixedThresholdClassifier",
        "A binary classifier with a threshold set by hand.",
        required="estimator",
    ),
    "gaussian_process": classifier(
        "gaussian_process.GaussianProcessClassifier", "Gaussian process with Laplace's approximation."
    ),
    "gradient_boosting": classifier(
        "ensemble.GradientBoostingClassifier", "Gradient boosting of 100 trees.", decision=True
    ),
    "hist_gradient_boosting": classifier(
        "ensemble.HistGradientBoostingClassifier",
        "Gradient boosting on binned features; takes missing values.",
        decision=True,
    ),
    "label_propagation": classifier(
        "semi_supervised.LabelPropagation", "Label propagation over the pool: semi-supervised."
    ),
    "label_spreading": classifier(
        "semi_supervised.LabelSpreading", "Label spreading over the pool: semi-supervised."
    ),
    "linear_discriminant_analysis": classifier(
        "discriminant_analysis.LinearDiscriminantAnalysis", "Linear discriminant analysis.", decision=True
    ),
    "logistic_regression_cv": classifier(
        "linear_model.LogisticRegressionCV",
        "Logistic regression, its penalty chosen by cross-validation.",
        decision=True,
    ),
    "mlp": classifier("neural_network.MLPClassifier", "Neural network with one hidden layer of 100 units."),
    "multinomial_nb": classifier("naive_bayes.MultinomialNB", "Naive Bayes of counts."),
    "nearest_centroid": classifier("neighbors.NearestCentroid", "Nearest centre of a class.", decision=True),
    "one_vs_one": classifier(
        "multiclass.OneVsOneClassifier", "A binary classifier for each pair of classes.", required="estimator"
    ),
    "one_vs_rest": classifier(
        "multiclass.OneVsRestClassifier", "A binary classifier for each class.", required="estimator"
    ),
    "output_code": classifier(
        "multiclass.OutputCodeClassifier",
        "Binary classifiers in an error-correcting code.",
        required="estimator",
    ),
    "perceptron": classifier(
        "linear_model.Perceptron", "Perceptron; decision values, no probabilities.", proba=False
    ),
    "quadratic_discriminant_analysis": classifier(
        "discriminant_analysis.QuadraticDiscriminantAnalysis",
        "Quadratic discriminant analysis.",
        decision=True,
    ),
    "radius_neighbors": classifier("neighbors.RadiusNeighborsClassifier", "Neighbours within a radius."),
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
        required="estimator",
    ),
    "sgd": classifier(
        "linear_model.SGDClassifier",
        "Linear model by stochastic gradient descent; a support vector machine by default.",
        proba=False,
    ),
    "stacking": classifier(
        "ensemble.StackingClassifier", "Several classifiers and one that judges them.", required="estimators"
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
        required="estimator",
    ),
    "voting": classifier(
        "ensemble.VotingClassifier", "Several classifiers that vote.", required="estimators"
    ),
}

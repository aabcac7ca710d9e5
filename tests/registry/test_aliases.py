"""Names that people bring from elsewhere: each leads to a built-in, in a spec, a wrapper and `show`."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from albench.cli import cli
from albench.errors import SpecError
from albench.registry.aliases import ALIASES, find_entry, get_entry_name, list_aliases
from albench.registry.catalogue import load_catalogue
from albench.spec.read import load_experiment_text
from albench.strategies.skactiveml.adapter import CLASSES, PREFIX

NAMES = [(kind, alias) for kind in ALIASES for names in ALIASES[kind].values() for alias in names.split()]
SHARED = Path(__file__).parents[3] / "shared" / "strategies.csv"
REST = {"datasets": "iris", "models": "gaussian_nb", "strategies": "margin", "budgets": 50}
TYPED = {
    ("strategy", "core_set"): "k_center",
    ("strategy", "CoreSet"): "k_center",
    ("strategy", "query-by-committee"): "qbc",
    ("strategy", "eer"): "expected_error_reduction",
    ("strategy", "cal"): "contrastive_al",
    ("strategy", "random_sampling"): "random",
    ("strategy", "uncertainty"): "least_confident",
    ("strategy", "breaking ties"): "margin",
    ("strategy", "KMeansSampling"): "k_means",
    ("strategy", "mc_dropout"): "{bald: {committee: mc_dropout}}",
    ("strategy", "vote_entropy_sampling"): "{qbc: vote_entropy}",
    ("model", "lr"): "logistic_regression",
    ("model", "rf"): "random_forest",
    ("model", "svm"): "svm_rbf",
    ("model", "LogisticRegression"): "logistic_regression",
    ("model", "RandomForestClassifier"): "random_forest",
    ("model", "SVC"): "svm_rbf",
    ("model", "LGBMClassifier"): "lightgbm",
    ("metric", "accuracy_score"): "accuracy",
    ("metric", "auc"): "roc_auc",
    ("dataset", "load_iris"): "iris",
    ("split", "StratifiedKFold"): "k_fold",
}


CLASSES_ELSEWHERE = """
scikit-activeml: RandomSampling UncertaintySampling EpistemicUncertaintySampling ProbabilisticAL
QueryByCommittee GreedyBALD BatchBALD MonteCarloEER ValueOfInformationEER Quire FourDs CostEmbeddingAL
DiscriminativeAL CoreSet TypiClust ProbCover MaxHerding Badge Clue DropQuery Falcun ContrastiveAL
SubSamplingWrapper
modAL: uncertainty_sampling margin_sampling entropy_sampling vote_entropy_sampling consensus_entropy_sampling
max_disagreement_sampling uncertainty_batch_sampling information_density expected_error_reduction
mc_dropout_bald
ALiPy: QueryInstanceUncertainty QueryInstanceRandom QueryInstanceQBC QueryExpectedErrorReduction
QueryInstanceQUIRE QueryInstanceGraphDensity QueryInstanceCoresetGreedy QueryInstanceDensityWeighted
libact: QUIRE DensityWeightedMeta ActiveLearningByLearning ActiveLearningWithCostEmbedding EER
HierarchicalSampling InformationDensity EpsilonUncertaintySampling
small-text: BreakingTies LeastConfidence PredictionEntropy SubsamplingQueryStrategy EmbeddingKMeans
ContrastiveActiveLearning DiscriminativeActiveLearning GreedyCoreset LightweightCoreset SEALS
AnchorSubsampling ExpectedGradientLength BADGE ClassBalancer
baal: Entropy Margin Certainty Random BALD EPIG PowerSampling GibbsSampling RankBasedSampling PowerBALD
PowerEntropy
cardinal: RandomSampler ConfidenceSampler MarginSampler EntropySampler KMeansSampler MiniBatchKMeansSampler
TwoStepKMeansSampler KCenterGreedy RankedBatchSampler SubmodularSampler
pyrelational: MarginalConfidence RatioConfidence RelativeDistance RepresentativeSampling SoftBALD
alpbench: PowerMargin RandomMargin MinMargin MaxEntropy WeightedCluster KMeans ClusterMargin
others: LeastConfident KMeansSampling BALDDropout RandomStrategy informative_diverse margin_cluster_mean
"""


def fold(name):
    return name.lower().replace("_", "")


@pytest.mark.parametrize(("kind", "name"), TYPED, ids=str)
def test_what_people_type_leads_to_what_albench_has(kind, name):
    assert find_entry(kind, name) == TYPED[kind, name]


def test_no_alias_is_a_name_and_none_leads_to_two():
    for kind in ALIASES:
        aliases = Counter(fold(alias) for key, alias in NAMES if key == kind)
        assert [alias for alias, n in aliases.items() if n > 1] == []
        assert aliases.keys() & {fold(name) for name in load_catalogue()[kind]} == set()


def test_every_alias_leads_to_something():
    for kind, entries in ALIASES.items():
        names = {get_entry_name(entry) for entry in entries}
        assert names - load_catalogue()[kind].keys() <= {f"{PREFIX}{name}" for name in CLASSES}


def test_every_entry_is_one_that_a_spec_may_hold():
    built_in = [entry for entry in ALIASES["strategy"] if "skactiveml" not in entry]
    # Whatever wraps another strategy, or wants costs, needs to be told so.
    needy = {name for name, facts in load_catalogue()["strategy"].items() if facts["required"]}
    for entry in built_in:
        if entry not in needy and "mc_dropout" not in entry:
            spec = f"datasets: iris\nmodels: logistic_regression\nbudgets: 50\nstrategies: [{entry}]\n"
            component = load_experiment_text(spec).strategies[-1].component
            assert component.name == get_entry_name(entry)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("strategies", "core_set", "no strategy 'core_set'\n  albench calls it 'k_center'"),
        ("strategies", {"eer": "log"}, "no strategy 'eer'\n  albench calls it 'expected_error_reduction'"),
        ("strategies", {"random_subsampling": "bvsb"}, "no strategy 'bvsb'; albench calls it 'margin'"),
        (
            "models",
            "RandomForestClassifier",
            "no model 'RandomForestClassifier'\n  albench calls it 'random_forest'",
        ),
        (
            "models",
            {"bagging": {"estimator": "lr"}},
            "no model 'lr'\n  albench calls it 'logistic_regression'",
        ),
        ("metrics", "auc", "no metric 'auc'\n  albench calls it 'roc_auc'"),
        ("primary_metric", "acc", "is not among the metrics\n  albench calls it 'accuracy'"),
        ("datasets", "make_moons", "no dataset 'make_moons'\n  albench calls it 'two_moons'"),
    ],
    ids=str,
)
def test_a_spec_says_what_albench_calls_it(key, value, words):
    with pytest.raises(SpecError) as caught:
        load_experiment_text(REST | {key: value})
    assert words in str(caught.value)


def test_show_shows_it_under_its_own_name_and_says_so():
    result = CliRunner().invoke(cli, ["show", "strategy", "core_set"])
    assert result.exit_code == 0
    assert result.stdout == CliRunner().invoke(cli, ["show", "strategy", "k_center"]).stdout
    assert result.stderr == "note: albench calls 'core_set' 'k_center'\n"
    assert "also called    core_set," in result.stdout
    assert CliRunner().invoke(cli, ["show", "model", "SVC"]).stdout.startswith("svm_rbf\n")
    assert CliRunner().invoke(cli, ["show", "strategy", "nothing_like_it"]).exit_code == 2


def test_check_says_what_albench_calls_it_whatever_it_is():
    for name, entry in (
        ("core_set", "k_center"),
        ("f1_score", "f1"),
        ("LogisticRegression", "logistic_regression"),
    ):
        result = CliRunner().invoke(cli, ["check", name])
        assert result.exit_code == 2
        assert f"albench calls '{name}' '{entry}'" in result.stderr


def test_an_alias_with_parameters_is_shown_by_its_class():
    result = CliRunner().invoke(cli, ["show", "strategy", "vote_entropy"])
    assert result.stdout.startswith("qbc\n")
    assert result.stderr == "note: albench calls 'vote_entropy' '{qbc: vote_entropy}'\n"


@pytest.mark.skipif(not SHARED.exists(), reason="needs the catalogue of other libraries' strategies")
def test_the_names_of_other_libraries_lead_to_what_is_built():
    with SHARED.open(encoding="utf-8") as handle:
        rows = [row for row in csv.DictReader(handle) if row["task"] in "CA" and row["decision"] == "build"]
    unknown = []
    for row in rows:
        built = row["id"].partition(" ")[0].partition(",")[0]
        name = row["strategy"].partition(" ")[0].partition("/")[0]
        entry = find_entry("strategy", name)
        if name not in load_catalogue()["strategy"] and (entry is None or get_entry_name(entry) != built):
            unknown.append(name)
    assert unknown == []


def test_classes_of_other_libraries_lead_to_what_is_built_in():
    built_in = {fold(name) for name in load_catalogue()["strategy"]}
    names = [name for name in CLASSES_ELSEWHERE.split() if not name.endswith(":")]
    assert [
        name for name in names if find_entry("strategy", name) is None and fold(name) not in built_in
    ] == []


def test_nothing_is_made_up_for_a_name_that_means_nothing():
    assert find_entry("strategy", "nothing_like_it") is None
    assert find_entry("seed_set", "badge") is None
    assert list_aliases("strategy", "galaxy") == ()


def test_another_name_of_a_strategy_leads_to_it_though_one_of_streams_is_called_so():
    text = "datasets: iris\nmodels: knn\nbudgets: 50\nstrategies: uncertainty\n"
    with pytest.raises(SpecError, match="albench calls it 'least_confident'"):
        load_experiment_text(text)

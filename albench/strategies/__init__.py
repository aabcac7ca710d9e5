"""The built-in query strategies, each in the file of its name in a spec.

``uncertainty`` holds a family of short ones, and the measures of uncertainty. The files that are no strategy:

* base classes: committee, kernel (a Gaussian one), wrapper (around another strategy), utility_sampling
* class_names: classes as parameters, by name or by place
* numerics: computations that strategies share
* skactiveml: the strategies of scikit-activeml
"""

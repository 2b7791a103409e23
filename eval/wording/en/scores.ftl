# Scores that need a model beside the answers.
scores-no-embedder = No embedder that covers the languages of the questions was at hand: semantic similarity is unscored{ $grounded ->
    [yes] {","} and groundedness counts words alone, which gives other values than with one
   *[no] { "" }
}. Score the run again where the models are.

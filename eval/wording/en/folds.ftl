# Runs in which each question was answered by a model that was trained without it.
folds-run = k-fold: the questions were cut into { COUNT($folds) } folds, and each was answered by an adapter trained on { $others ->
    [one] the other fold
   *[other] the other { COUNT($others) }
} alone, so none was seen in training.{ $alone ->
    [yes] {" "}Each fold is one question (leave-one-out).
   *[no] {""}
}{ $whole ->
    [yes] {" "}Their documents may have been: { $texts } teaches from those of every fold.
   *[no] {""}
} Scores of fine-tuned systems are the mean of { COUNT($folds) } trainings on a little less than all questions, not that of one adapter that you could use; these trainings share most of their questions, which no interval accounts for.

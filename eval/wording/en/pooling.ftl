# Runs with other training seeds, put together.
pooling-differences = The pooled runs differ in more than the training seed, and were pooled all the same. What differs may have moved the figures as much as the seed did. Run by run, the first run’s value → its own: { $differences }.
pooling-unsteady = { $system } was not trained and should answer alike in every pooled run, but { $unsteady ->
    [one] { COUNT($unsteady) } of its { COUNT($count) } answers differs
   *[other] { COUNT($unsteady) } of its { COUNT($count) } answers differ
} between them. Those of the first run are used.
pooling-exposure = { $questions ->
    [one] { COUNT($questions) } question was shown by some of these trainings and not by others, which had not come to it when they ended. It counts as seen in training.
   *[other] { COUNT($questions) } questions were shown by some of these trainings and not by others, which had not come to them when they ended. They count as seen in training.
}

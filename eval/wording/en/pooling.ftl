# Runs with other training seeds, put together.
pooling-differences = The pooled runs differ in more than the training seed, and were pooled all the same. What differs may have moved the figures as much as the seed did. Run by run, the first run’s value → its own: { $differences }.
pooling-unsteady = { $system } was not trained and should answer alike in every pooled run, but { $unsteady ->
    [one] { COUNT($unsteady) } of its { COUNT($count) } answers differs
   *[other] { COUNT($unsteady) } of its { COUNT($count) } answers differ
} between them. Those of the first run are used.

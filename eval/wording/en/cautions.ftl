# Cautions: what weakens a comparison without ending it.

cautions-random-weights = The model’s weights are random (a test model): no figure here says anything about a real one.
cautions-verified-engine = Answers were made by { $engine } in { $precision }. Of { COUNT($prompts) } prompts on { $knowledge_base } it answered { PERCENT($identical) } to the letter as the reference does in float32, and no mean moved beyond its margin.
cautions-precision = Answers were made in { $precision }, not in the reference precision float32: some differ from it, in every system alike.
cautions-imported = { $system }: answers imported from { $file } on { $date }, not generated here. With which model, prompts and passages they were made is not known, and nothing checks that the gold answers were out of its reach.
cautions-imported-missing = { $system }: { $file } has answers to { COUNT($answered) } of { COUNT($asked) } questions; the other { COUNT($missing) } are unscored, not wrong. If it was asked the easy ones alone, its score is too high.
cautions-reused = The answers of { $systems } are those of { $run }: contrasts that were not declared there were declared when these answers were known.
cautions-language-undeclared = The model does not declare { TONGUE($language) }, the language of { $questions ->
    [one] { COUNT($questions) } question.
   *[other] { COUNT($questions) } questions.
}
cautions-language-unspoken = Only { COUNT($matching) } of { COUNT($told) } answers to questions in { TONGUE($language) } are in that language (under { PERCENT($threshold) }): the model is taken not to speak it.
cautions-language-open = Whether the model speaks { TONGUE($language) } is open: it declares no languages, and its answers do not tell.
cautions-one-seed = { $count ->
    [one] Adapter { $adapters }: trained with one seed, so the luck of training is not in the intervals.
   *[other] Adapters { $adapters }: each trained with one seed, so the luck of training is not in the intervals.
}
cautions-budgeted = Adapter { $adapter }: its training was budgeted (ended by a time limit).{ $left ->
    [0] {""}
   *[other] {" "}Left out: { $left_out }.
}
cautions-untaught = Adapter { $adapter }: training taught it nothing by its own end check.
cautions-untaught-some = Adapter { $adapter }: { COUNT($failed) } of its { COUNT($trainings) } trainings taught it nothing by their own end check.
cautions-leaks = { $questions ->
    [one] { COUNT($questions) } test question stood in the training questions almost word for word under another fact (a leak).
   *[other] { COUNT($questions) } test questions stood in the training questions almost word for word under another fact (leaks).
}
cautions-verbatim = { $questions ->
    [one] { COUNT($questions) } test question was trained in the same words: look at the exposures apart.
   *[other] { COUNT($questions) } test questions were trained in the same words: look at the exposures apart.
}
cautions-few-facts = Only { $facts ->
    [one] { COUNT($facts) } fact was
   *[other] { COUNT($facts) } facts were
} asked about: with fewer than { COUNT($fewest) }, no interval is sure to hold.
cautions-uneven-facts = { COUNT($facts) } facts were asked about, so unevenly that they count for no more than { $carriers ->
    [one] one
   *[other] { COUNT($carriers) } of equal size
}: every figure leans on a few of them.
cautions-unscored = { $questions ->
    [one] { COUNT($questions) } question
   *[other] { COUNT($questions) } questions
} could not be scored on { $metric } (no known answer).
cautions-metric = { $system }, { $metric }: the metric failed on { $failed ->
    [one] { COUNT($failed) } answer
   *[other] { COUNT($failed) } answers
} (first: { $first }). They are left out, not counted as zero.
cautions-partly = { $count ->
    [one] { $metrics } leaves out questions that have nothing to hold an answer against (up to { COUNT($most) } per system)
   *[other] { COUNT($count) } metrics leave out questions that have nothing to hold an answer against (up to { COUNT($most) } per system): { $metrics }
}. They are counted under “What was not scored”, never as zero.
cautions-fewer-scored = { $system } has { COUNT($scored) } questions scored on { $metric } where another system has { COUNT($most) }: its mean stands on other questions.
cautions-untestable = The declared contrast { $a } − { $b } could not be tested: no question is scored for both.
cautions-dropped = { $a } − { $b } leaves out { $questions ->
    [one] { COUNT($questions) } question
   *[other] { COUNT($questions) } questions
} that only one of the two has a score for.
cautions-fragile = { $a } − { $b }: not counted as shown, since the difference holds only while answers that failed are left out.
cautions-bundled = Bundled, differing in more than one thing: { $contrasts }.
cautions-interval = { $systems }: the interval on { $metric } is not BCa but { $method ->
    [score] a score interval (Wilson’s, clustered)
    [beta] an exact interval (Clopper and Pearson’s, clustered)
    [student] Student’s t
    [agresti-min] Agresti and Min’s
    [few-differences] one for few differences (Agresti and Min’s)
    [no-spread] an exact bound, since all facts gave the same value
    [nested] nested over trainings (seeds or folds)
   *[other] { $method }
}: the bootstrap does not hold on such figures.
cautions-abstainer = { $system } earns { COUNT($silent) } of its { COUNT($correct) } correct answers by abstaining from unanswerable questions: look at the kinds apart.
cautions-edge = { $edge ->
    [floor] All systems are below 5 % on these slices
   *[ceiling] All systems are above 95 % on these slices
}, and no difference between them is shown there: { $slices } (in brackets, questions).
cautions-errors = { $system }: { $questions ->
    [one] { COUNT($questions) } question failed and is not scored
   *[other] { COUNT($questions) } questions failed and are not scored
} (first: { $first }).
cautions-citations = { $system }: { COUNT($wrong) } of { COUNT($cited) } answers that cite name a passage that was not shown.
cautions-cut = { $system }: { COUNT($cut) } of { COUNT($answers) } answers were cut off at the token limit.
